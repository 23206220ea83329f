package dev.onbehalf.identity;

import dev.onbehalf.identity.internal.HostNames;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import org.postgresql.Driver;
import org.postgresql.PGProperty;

/** Which database a JDBC URL names; nothing is asked, not even for the host's address. */
final class DatabaseUrl {
  private static final String POSTGRESQL = "postgresql:";

  private DatabaseUrl() {}

  /** Whether {@code url} leads to the database of {@code settings}, as whichever role. */
  static boolean leadsTo(DatabaseSettings settings, String url) {
    int start = url.indexOf(POSTGRESQL); // behind the prefix of a driver that wraps pgjdbc
    if (start < 0) {
      return false;
    }
    Properties named = Driver.parseURL("jdbc:" + url.substring(start), null);
    return named != null
        && settings.database.equals(PGProperty.PG_DBNAME.getOrDefault(named))
        && String.valueOf(PGProperty.PG_PORT.getOrDefault(named))
            .contains(Integer.toString(settings.port))
        && hosts(settings.host).stream()
            .anyMatch(hosts(String.valueOf(PGProperty.PG_HOST.getOrDefault(named)))::contains);
  }

  private static Set<String> hosts(String list) {
    return HostNames.spellings(List.of(list.split(",", -1)));
  }
}
