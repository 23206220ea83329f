package dev.onbehalf.rowsecurity.rules;

import dev.onbehalf.rowsecurity.internal.catalog.Catalog;
import dev.onbehalf.rowsecurity.internal.catalog.Person;
import dev.onbehalf.rowsecurity.internal.catalog.Role;
import java.util.List;
import java.util.Map;

/** Somebody is a member, through any chain, of a role of the server that goes beside policies. */
final class PredefinedRole implements Rule {
  private static final Map<String, String> WHY =
      Map.of(
          "pg_read_all_data",
              "read every table without Row-Level Security, and samples of the others' rows in pg_statistic",
          "pg_write_all_data", "write every table that policies look at and that has none itself",
          "pg_read_server_files", "read the files of the server, tables among them",
          "pg_write_server_files",
              "write over the files of the server, its configuration among them",
          "pg_execute_server_program", "run programs as the server, which read its files",
          "pg_monitor", "read the statements of others as they run, with the values in them",
          "pg_read_all_stats",
              "read the statements of others as they run, with the values in them");

  @Override
  public String id() {
    return "role-predefined";
  }

  @Override
  public String manual() {
    return "predefined-roles.html";
  }

  @Override
  public void examine(Catalog catalog, Findings.Of findings) {
    WHY.forEach(
        (name, why) ->
            catalog.roles().stream()
                .filter(role -> role.name().equals(name))
                .forEach(role -> examine(catalog, findings, role, why)));
  }

  private static void examine(Catalog catalog, Findings.Of findings, Role role, String why) {
    List<Person> members =
        catalog.people().all().stream()
            .filter(p -> p.reaches().contains(role.oid()) && !p.role().isSuperuser())
            .toList();
    boolean isSaid = // of pg_monitor's members, who are members of this too
        role.name().equals("pg_read_all_stats")
            && members.stream()
                .allMatch(
                    p ->
                        p.reaches().stream()
                            .anyMatch(r -> catalog.role(r).name().equals("pg_monitor")));
    if (!members.isEmpty() && !isSaid) {
      findings.error(
          "role " + role.name(),
          "%s can %s: they are members of %s.".formatted(Person.names(members), why, role.name()),
          Chains.cut(catalog, members, role.oid()));
    }
  }
}
