package dev.onbehalf.spring.test;

import dev.onbehalf.rowsecurity.Finding;
import dev.onbehalf.rowsecurity.RowSecurity;
import dev.onbehalf.rowsecurity.Scope;
import dev.onbehalf.rowsecurity.Severity;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.assertj.core.api.AbstractAssert;

/**
 * What {@link RowSecurityTester} is asserted to be. Immutable.
 *
 * <pre>{@code
 * assertThat(rowSecurity).inSchemas("shop").holdsFor("order_users", "alice@example.com");
 * }</pre>
 */
public final class RowSecurityAssert extends AbstractAssert<RowSecurityAssert, DataSource> {
  private final Set<String> accepted;
  private final List<String> schemas;

  RowSecurityAssert(DataSource administrator) {
    this(administrator, Set.of(), List.of());
  }

  private RowSecurityAssert(DataSource administrator, Set<String> accepted, List<String> schemas) {
    super(administrator, RowSecurityAssert.class);
    this.accepted = accepted;
    this.schemas = schemas;
  }

  /** The same without findings of these ids, such as {@code view-runs-as-owner}. */
  public RowSecurityAssert accepting(String... ids) {
    return new RowSecurityAssert(actual, Set.of(ids), schemas);
  }

  /** A role that others are members of and log in with is a person's where it is an address. */
  private static String groupUnlessAddress(String name) {
    return name.startsWith(Scope.GROUP) || name.indexOf('@') >= 0 ? name : Scope.GROUP + name;
  }

  /** The same for these schemas only. */
  public RowSecurityAssert inSchemas(String... names) {
    return new RowSecurityAssert(actual, accepted, List.of(names));
  }

  /**
   * Asserts that nothing worse than a note is found for the members of these groups, or for these
   * people, who are told by the {@code @} in their names.
   */
  public RowSecurityAssert holdsFor(String... groupsOrPeople) {
    Scope scope =
        Scope.of(
                Arrays.stream(groupsOrPeople)
                    .map(RowSecurityAssert::groupUnlessAddress)
                    .toArray(String[]::new))
            .inSchemas(schemas.toArray(String[]::new));
    List<Finding> findings;
    try {
      findings =
          RowSecurity.examine(actual, scope).findings().stream()
              .filter(it -> it.severity() != Severity.NOTE && !accepted.contains(it.id()))
              .toList();
    } catch (SQLException e) {
      throw new IllegalStateException(
          "Whether Row-Level Security holds can't be asked: " + e.getMessage(), e);
    }
    if (!findings.isEmpty()) {
      failWithMessage(
          "%s",
          "Row-Level Security does not hold for %s:%s"
              .formatted(
                  String.join(", ", groupsOrPeople),
                  findings.stream()
                      .map(
                          it ->
                              "%n  %s, %s: %s%n    %s"
                                  .formatted(
                                      it.id(),
                                      it.object(),
                                      it.sentence(),
                                      it.mend().replace("\n", "\n    ")))
                      .collect(Collectors.joining())));
    }
    return this;
  }
}
