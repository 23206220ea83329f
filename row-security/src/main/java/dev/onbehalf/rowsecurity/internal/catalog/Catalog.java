package dev.onbehalf.rowsecurity.internal.catalog;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Everything that rules ask about, as of one moment. Immutable once read.
 *
 * <p>Grants to a table's own owner are left out: who is the owner is a finding of its own.
 */
public final class Catalog {
  private record Right(long object, String privilege) {}

  final Map<Long, Role> roles;
  final Memberships memberships;
  final Map<Long, Relation> relations;
  final Snapshot snapshot;
  private final People people;
  private final Map<Long, List<Grant>> grants = new HashMap<>();
  private final Map<Long, List<Policy>> policies = new HashMap<>();
  private final Map<String, List<Function>> functionsByName = new HashMap<>();
  private final Map<String, Relation> byName = new HashMap<>();
  private final Map<Long, List<Trigger>> triggers;
  private final Map<Long, List<Key>> keys;
  private final Map<Long, List<Relation>> readers = new HashMap<>();
  private final Map<Right, List<Grant>> granted = new ConcurrentHashMap<>();
  private final Set<Long> allReading = new HashSet<>();
  private final Set<Long> allWriting = new HashSet<>();

  Catalog(Snapshot snapshot, People people) {
    this.snapshot = snapshot;
    this.roles = snapshot.roles();
    this.memberships = snapshot.memberships();
    this.relations = snapshot.relations();
    this.people = people;
    snapshot
        .grants()
        .forEach(g -> grants.computeIfAbsent(g.object(), k -> new ArrayList<>()).add(g));
    snapshot
        .policies()
        .forEach(p -> policies.computeIfAbsent(p.table().oid(), k -> new ArrayList<>()).add(p));
    relations.values().forEach(r -> byName.put(r.schema() + "." + r.name(), r));
    snapshot
        .functions()
        .values()
        .forEach(f -> functionsByName.computeIfAbsent(f.name(), k -> new ArrayList<>()).add(f));
    this.triggers =
        snapshot.triggers().stream().collect(Collectors.groupingBy(t -> t.table().oid()));
    this.keys = snapshot.keys().stream().collect(Collectors.groupingBy(k -> k.table().oid()));
    for (Relation view : reported()) {
      for (Relation source : sources(view)) {
        readers.computeIfAbsent(source.oid(), k -> new ArrayList<>()).add(view);
      }
    }
    for (Role role : roles.values()) {
      if (role.name().equals("pg_read_all_data")) {
        allReading.add(role.oid());
      } else if (role.name().equals("pg_write_all_data")) {
        allWriting.add(role.oid());
      }
    }
  }

  public int serverVersion() {
    return snapshot.serverVersion();
  }

  /** For whom is examined. */
  public People people() {
    return people;
  }

  public Role role(long oid) {
    Role role = roles.get(oid);
    return role == null
        ? new Role(
            oid,
            oid == Role.PUBLIC ? "PUBLIC" : "oid " + oid,
            false,
            false,
            true,
            false,
            false,
            false)
        : role;
  }

  public Collection<Role> roles() {
    return roles.values();
  }

  public Memberships memberships() {
    return memberships;
  }

  /** A role for SQL, PUBLIC too. */
  public String grantee(long oid) {
    return oid == Role.PUBLIC ? "PUBLIC" : role(oid).quoted();
  }

  /** Relations that findings may be about. */
  public List<Relation> reported() {
    return relations.values().stream().filter(Relation::reported).toList();
  }

  /** Tables that findings may be about. */
  public List<Relation> tables() {
    return relations.values().stream().filter(r -> r.reported() && r.isTable()).toList();
  }

  /** Those that are under Row-Level Security. */
  public List<Relation> guardedTables() {
    return tables().stream().filter(Relation::hasRls).toList();
  }

  public Optional<Relation> relation(String schemaDotName) {
    return Optional.ofNullable(byName.get(schemaDotName));
  }

  public Optional<Relation> relation(long oid) {
    return Optional.ofNullable(relations.get(oid));
  }

  public List<Policy> policies(Relation table) {
    return policies.getOrDefault(table.oid(), List.of());
  }

  /** Policies that findings may be about: those that are in force. */
  public List<Policy> policies() {
    return guardedTables().stream().flatMap(table -> policies(table).stream()).toList();
  }

  public Collection<Function> functions() {
    return snapshot.functions().values();
  }

  /** Those of a name, in whatever schema. */
  public List<Function> functionsNamed(String name) {
    return functionsByName.getOrDefault(name, List.of());
  }

  public List<Trigger> triggers() {
    return snapshot.triggers();
  }

  /** Those of a table, in the order in which they are called. */
  public List<Trigger> triggers(Relation table) {
    return triggers.getOrDefault(table.oid(), List.of());
  }

  public List<RewriteRule> rewriteRules() {
    return snapshot.rewriteRules();
  }

  public List<Key> keys() {
    return snapshot.keys();
  }

  /** Those of a table that point elsewhere. */
  public List<Key> keys(Relation table) {
    return keys.getOrDefault(table.oid(), List.of());
  }

  public List<Index> indexes(Relation table) {
    return snapshot.indexes().getOrDefault(table.oid(), List.of());
  }

  public List<ForeignCode> calledCode() {
    return snapshot.calledCode();
  }

  public List<RoleSetting> settings() {
    return snapshot.settings();
  }

  /** What a view or a materialized view reads, directly. */
  public Set<Relation> sources(Relation view) {
    return snapshot.sources().getOrDefault(view.oid(), Set.of());
  }

  /** Views and materialized views that read it, directly, and that findings may be about. */
  public List<Relation> readers(Relation source) {
    return readers.getOrDefault(source.oid(), List.of());
  }

  /** A view's or a materialized view's text; empty for anything else. */
  public String definition(Relation view) {
    return snapshot.definitions().getOrDefault(view.oid(), "");
  }

  /** What it is a partition of, or inherits from, directly. */
  public Set<Relation> parents(Relation child) {
    return snapshot.parents().getOrDefault(child.oid(), Set.of());
  }

  /** The same, at any depth. */
  public Set<Relation> ancestors(Relation child) {
    Set<Relation> found = new LinkedHashSet<>();
    for (Relation parent : parents(child)) {
      found.add(parent);
      found.addAll(ancestors(parent));
    }
    return found;
  }

  public Outside outside() {
    return snapshot.outside();
  }

  public Snapshot snapshot() {
    return snapshot;
  }

  /** Who has one of the privileges on an object, as a whole or on a column; superusers left out. */
  public Reach reach(long object, String... privileges) {
    Set<String> wanted = Set.of(privileges);
    List<Grant> fitting =
        grants.getOrDefault(object, List.of()).stream()
            .filter(grant -> wanted.contains(grant.privilege()))
            .toList();
    return reach(fitting);
  }

  /** Whom these grants are for; superusers left out. */
  public Reach reach(List<Grant> fitting) {
    List<Person> who = new ArrayList<>();
    Set<Grant> by = new LinkedHashSet<>();
    for (Person person : people.all()) {
      if (person.role().isSuperuser()) {
        continue;
      }
      List<Grant> theirs =
          fitting.stream().filter(grant -> person.reaches().contains(grant.grantee())).toList();
      if (!theirs.isEmpty()) {
        who.add(person);
        by.addAll(theirs);
      }
    }
    return new Reach(who, List.copyOf(by));
  }

  /** The same of a relation, for whoever may use its schema; through pg_read_all_data too. */
  public Reach reach(Relation relation, String... privileges) {
    return reach(relation, Set.of(privileges));
  }

  /** The same. */
  public Reach reach(Relation relation, Set<String> privileges) {
    List<Grant> fitting = new ArrayList<>();
    for (Grant grant : grants.getOrDefault(relation.oid(), List.of())) {
      if (privileges.contains(grant.privilege()) && grant.grantee() != relation.owner()) {
        fitting.add(grant);
      }
    }
    for (String privilege : privileges) {
      addPredefined(relation, privilege, fitting);
    }
    Reach reach = reach(fitting);
    return inSchema(reach, relation.schema());
  }

  /** By which grants anybody has a privilege; asked for each person, and so remembered. */
  public List<Grant> granted(Relation relation, String privilege) {
    return granted.computeIfAbsent(
        new Right(relation.oid(), privilege), right -> reach(relation, privilege).grants());
  }

  /** Those of them who may use a schema, without which nothing in it can be named. */
  public Reach inSchema(Reach reach, String schema) {
    List<Person> inside =
        reach.people().stream().filter(person -> usesSchema(person, schema)).toList();
    List<Grant> theirs =
        reach.grants().stream()
            .filter(g -> inside.stream().anyMatch(p -> p.reaches().contains(g.grantee())))
            .toList();
    return new Reach(inside, theirs);
  }

  private void addPredefined(Relation relation, String privilege, List<Grant> fitting) {
    Set<Long> holders =
        privilege.equals("SELECT")
            ? allReading
            : Privileges.READ_OR_WRITE.contains(privilege) ? allWriting : Set.of();
    holders.forEach(role -> fitting.add(new Grant(relation.oid(), "", role, privilege)));
  }

  private boolean usesSchema(Person person, String schema) {
    Long oid = snapshot.schemas().get(schema);
    return oid == null
        || person.reaches().stream().anyMatch(r -> allReading.contains(r) || allWriting.contains(r))
        || grants.getOrDefault(oid, List.of()).stream()
            .anyMatch(g -> g.privilege().equals("USAGE") && person.reaches().contains(g.grantee()));
  }

  /** Those who have a role's rights, in whatever way, superusers left out. */
  public List<Person> reaching(long role) {
    return people.all().stream()
        .filter(p -> !p.role().isSuperuser() && p.reaches().contains(role))
        .toList();
  }

  /** Who may create objects in a schema. */
  public Reach creators(String schema) {
    Long oid = snapshot.schemas().get(schema);
    return oid == null ? new Reach(List.of(), List.of()) : reach(oid, "CREATE");
  }

  /** Those of some who can make functions and operators somewhere: in a schema, or a schema. */
  public List<Person> makers(List<Person> people) {
    return people.stream()
        .filter(person -> !person.role().isSuperuser())
        .filter(
            person ->
                !Collections.disjoint(person.reaches(), snapshot.schemaMakers())
                    || snapshot.schemas().values().stream()
                        .flatMap(schema -> grants.getOrDefault(schema, List.of()).stream())
                        .anyMatch(
                            grant ->
                                grant.privilege().equals("CREATE")
                                    && person.reaches().contains(grant.grantee())))
        .toList();
  }

  /** All grants on an object. */
  public List<Grant> grants(long object) {
    return grants.getOrDefault(object, List.of());
  }

  /** REVOKE of grants, a statement for each grantee. */
  public String revoke(Reach reach, String object) {
    Map<Long, Set<String>> byGrantee = new HashMap<>();
    for (Grant grant : reach.grants()) {
      String what =
          grant.column().isEmpty()
              ? grant.privilege()
              : grant.privilege() + " (" + Names.quoted(grant.column()) + ")";
      byGrantee.computeIfAbsent(grant.grantee(), k -> new LinkedHashSet<>()).add(what);
    }
    List<String> statements = new ArrayList<>();
    byGrantee.forEach(
        (role, what) -> {
          if (!allReading.contains(role) && !allWriting.contains(role)) {
            statements.add(
                "REVOKE %s ON %s FROM %s;"
                    .formatted(String.join(", ", what), object, grantee(role)));
          }
        });
    return String.join("\n", statements);
  }

  /** Whether policies don't hold a role on a table: by attribute, or as its owner. */
  public boolean isExempt(long role, Relation table) {
    if (role(role).isAbove()) {
      return true;
    }
    return !table.isForced() && memberships.inherited(role).contains(table.owner());
  }

  /**
   * Policies that apply to a person, whatever they become: permissive ones for any role whose
   * rights they can have, restrictive ones that no role of theirs evades.
   */
  public List<Policy> policies(Relation table, char command, Person person) {
    return policies(table).stream()
        .filter(policy -> policy.isFor(command) && isFor(policy, person))
        .filter(policy -> policy.isPermissive() || !isEvaded(policy, command, person))
        .toList();
  }

  /** Whether they can do it as somebody who has the privilege and none of the policy's roles. */
  private boolean isEvaded(Policy policy, char command, Person person) {
    Set<Long> grantees =
        granted(policy.table(), Privileges.of(command)).stream()
            .map(Grant::grantee)
            .collect(Collectors.toSet());
    return person.becomes().stream()
        .map(this::rights)
        .anyMatch(
            rights ->
                !Collections.disjoint(rights, grantees)
                    && Collections.disjoint(rights, policy.roles()));
  }

  /** The roles whose rights one has without becoming them, everybody's among them. */
  public Set<Long> rights(long role) {
    Set<Long> rights = memberships.inherited(role);
    rights.add(Role.PUBLIC);
    return rights;
  }

  /** Whether a policy is for somebody. */
  public boolean isFor(Policy policy, Person person) {
    return policy.roles().stream().anyMatch(person.reaches()::contains);
  }

  /** Those who have the privilege for a command that a policy is about, and for whom it is. */
  public List<Person> heldBy(Policy policy, Predicate<String> isAbout) {
    List<Person> held = new ArrayList<>();
    for (char command : new char[] {'r', 'a', 'w', 'd'}) {
      String privilege = Privileges.of(command);
      if (policy.isFor(command) && isAbout.test(privilege)) {
        for (Person person : reach(policy.table(), privilege).people()) {
          if (isFor(policy, person) && !held.contains(person)) {
            held.add(person);
          }
        }
      }
    }
    return held;
  }

  public List<Person> heldBy(Policy policy) {
    return heldBy(policy, privilege -> true);
  }

  /** Schemas in which names of functions are found, and who is not to create there. */
  public Set<String> schemas() {
    return snapshot.schemas().keySet();
  }
}
