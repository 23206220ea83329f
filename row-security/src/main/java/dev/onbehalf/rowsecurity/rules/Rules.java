package dev.onbehalf.rowsecurity.rules;

import dev.onbehalf.rowsecurity.internal.catalog.Catalog;
import java.util.List;

/** All rules, in the order of docs/row-security.md. */
public final class Rules {
  /** A new one is added here. */
  public static final List<Rule> ALL =
      List.of(
          new TableWithoutRls(),
          new PoliciesWithoutRls(),
          new GrantWithoutPolicy(),
          new OwnerNotForced(),
          new OwnerByChain(),
          new DatabaseOwned(),
          new DatabaseCreate(),
          new Superuser(),
          new BypassRls(),
          new Replication(),
          new CreateRole(),
          new PredefinedRole(),
          new SettableRole(),
          new SettingRole(),
          new SettingSearchPath(),
          new SettingRowSecurity(),
          new AlwaysTrue(),
          new NearlyTrue(),
          new RowGivenAway(),
          new RowTaken(),
          new InsertForOthers(),
          new UpdateWithoutSelect(),
          new OnlyRestrictive(),
          new PolicyForNobody(),
          new PoliciesAddUp(),
          new FoldedName(),
          new CutName(),
          new FormerPerson(),
          new SessionUser(),
          new SettableParameter(),
          new PolicyReadsOpenTable(),
          new PolicyRecursion(),
          new PolicyFunctionSearchPath(),
          new ViewRunsAsOwner(),
          new ViewWithoutBarrier(),
          new ViewWithoutCheck(),
          new MaterializedView(),
          new DefinerSearchPath(),
          new DefinerUnchecked(),
          new TriggerCopiesRows(),
          new ChildWithoutRls(),
          new ParentOpensChild(),
          new ForeignTable(),
          new ForeignServer(),
          new TruncateGranted(),
          new TriggerGranted(),
          new ReferencesGranted(),
          new SequenceGranted(),
          new SchemaCreate(),
          new ForeignKeyProbing(),
          new UniqueProbing(),
          new CascadeUnseen(),
          new FalseLeakproof(),
          new StatisticsGranted(),
          new LargeObjectGranted(),
          new LargeObjectsOpen(),
          new AnothersCode(),
          new CallPerRow(),
          new VolatileInPolicy(),
          new PolicyWithoutIndex(),
          new IndexNotUsed());

  private Rules() {}

  /**
   * All of them. One that fails, by whatever somebody put into the catalogs, is an error of its own
   * and hides none of the others.
   */
  public static void examine(Catalog catalog, Findings findings) {
    ALL.forEach(rule -> examine(rule, catalog, findings));
  }

  /** One of them. */
  static void examine(Rule rule, Catalog catalog, Findings findings) {
    try {
      rule.examine(catalog, findings.of(rule));
    } catch (RuntimeException | StackOverflowError e) {
      findings
          .of(rule)
          .error(
              "rule " + rule.id(),
              "Whether there is a %s could not be looked at, for something in the catalogs cannot be read: %s."
                  .formatted(rule.id(), e.getClass().getSimpleName()),
              "-- find what is unlike everything else: an expression, a function or a setting");
    }
  }

  /** Their ids, in the same order. */
  public static List<String> ids() {
    return ALL.stream().map(Rule::id).toList();
  }
}
