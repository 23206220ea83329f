package dev.onbehalf.rowsecurity.rules;

import dev.onbehalf.rowsecurity.internal.catalog.Catalog;
import dev.onbehalf.rowsecurity.internal.catalog.Names;
import dev.onbehalf.rowsecurity.internal.catalog.Relation;
import dev.onbehalf.rowsecurity.internal.catalog.Role;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Rows of an address that no role has: whoever is given it next gets them. Whether somebody had it
 * before nobody can know, so nothing of the kind is said; nor is the address, for the report is
 * read by more than those who may read the rows.
 */
final class FormerPerson implements Rule {
  private static final String FORMER = "former: ";

  /** What a role could be named that a person is given with an address. */
  private static final Pattern ADDRESS =
      Pattern.compile("[^\\s@,;:<>()\"]++@[^\\s@,;:<>()\".]++(?:\\.[^\\s@,;:<>()\".]++)++");

  /** Of a longer name the server keeps no more: nobody has it. */
  private static final int LONGEST = 63;

  @Override
  public String id() {
    return "rows-of-former-people";
  }

  @Override
  public String manual() {
    return "sql-droprole.html";
  }

  @Override
  public void examine(Catalog catalog, Findings.Of findings) {
    Set<String> names = catalog.roles().stream().map(Role::name).collect(Collectors.toSet());
    for (Relation table : catalog.guardedTables()) {
      for (String column : InsertForOthers.owners(catalog, table)) {
        long former =
            catalog
                .snapshot()
                .samples()
                .getOrDefault(table.oid(), Map.of())
                .getOrDefault(column, List.of())
                .stream()
                .filter(value -> isAddress(value) && !names.contains(value))
                .distinct()
                .count();
        if (former > 0) {
          findings.warning(
              table + " column " + Names.readable(column),
              String.format(
                  Locale.ROOT,
                  "Whoever is given an address that no role has gets its rows in %s: the planner's statistics, which know a part of them, have %,d such in %s.",
                  table,
                  former,
                  Names.readable(column)),
              mend(table, Names.quoted(column)));
        }
      }
    }
  }

  private static boolean isAddress(String value) {
    return value.getBytes(StandardCharsets.UTF_8).length <= LONGEST
        && ADDRESS.matcher(value).matches();
  }

  /** Of all rows at once, without a name: what is named in a report is told to its readers. */
  private static String mend(Relation table, String column) {
    return """
        -- first look who they are, by SELECT DISTINCT %2$s: who is still to be given a role is left out
        UPDATE %1$s SET %2$s = '%3$s' || %2$s
          WHERE %2$s ~ '^[^[:space:]@]+@[^[:space:]@]+[.][^[:space:]@]+$'
            AND NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname::text = %2$s::text);
        ANALYZE %1$s;"""
        .formatted(table.quoted(), column, FORMER);
  }
}
