package dev.onbehalf.identity;

import dev.onbehalf.identity.internal.SettingsReader;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGProperty;

/**
 * pgjdbc's own settings, by its names for them, upper and lower case aside. Refused are those with
 * which somebody else would log in, the database would not have to show who it is, or what has a
 * setting of its own would be said twice; and names that the driver doesn't know.
 */
record DriverProperties(Map<String, String> values) {
  private static final String SETTING = "driverProperties.";

  /** The first that matches the lower-case name tells; what none matches is allowed. */
  private static final List<Refused> REFUSED =
      List.of(
          refused(
              "user|password", "who logs in, and with what, is told by the proof of each person"),
          refused(
              "pghost|pgport|pgdbname|service",
              "PGHOST, PGPORT and PGDATABASE say which database it is"),
          refused("options", "PGOPTIONS says what a session begins with"),
          refused("applicationname", "PGAPPNAME says it"),
          refused("ssl.*", "PGSSLMODE and PGSSLROOTCERT say who is believed to be the database"),
          refused(
              "gss.*|jaas.*|kerberos.*|usespnego|sspi.*|authenticationplugin.*|requireauth",
              "a person logs in with their own credential and in no other way"),
          refused(
              "socketfactory.*|connectexecutor.*|classloaderstrategy",
              "nothing stands between the driver and the database"),
          refused("connecttimeout|logintimeout", "onbehalf.pool.connection-timeout bounds a login"),
          refused("sockettimeout", "onbehalf.pool.socket-timeout is that"),
          refused("replication", "a replication session reads rows past Row-Level Security"),
          refused(
              "assumeminserverversion", "the version that it assumes is one that the pool needs"),
          refused("logger.*", "levels are set where the application sets its others"));

  private record Refused(Pattern names, String why) {}

  private static Refused refused(String names, String why) {
    return new Refused(Pattern.compile(names), why);
  }

  static DriverProperties read(SettingsReader read, Map<String, String> given) {
    Map<String, String> values = new TreeMap<>();
    given.forEach(
        (name, value) -> {
          String lower = name.toLowerCase(Locale.ROOT);
          PGProperty known = find(lower);
          Refused refused =
              REFUSED.stream()
                  .filter(it -> it.names.matcher(lower).matches())
                  .findFirst()
                  .orElse(null);
          if (refused != null) {
            read.problem("%s%s is not to be set: %s", SETTING, name, refused.why);
          } else if (known == null) {
            read.problem("%s%s is no property of the PostgreSQL driver", SETTING, name);
          } else if (isWrong(known, value)) {
            read.problem(
                "%s%s is \"%s\", not one of %s",
                SETTING, name, value, String.join(", ", known.getChoices()));
          } else {
            values.put(known.getName(), value);
          }
        });
    return new DriverProperties(values);
  }

  private static @Nullable PGProperty find(String lowerCaseName) {
    return Stream.of(PGProperty.values())
        .filter(it -> it.getName().toLowerCase(Locale.ROOT).equals(lowerCaseName))
        .findFirst()
        .orElse(null);
  }

  private static boolean isWrong(PGProperty property, String value) {
    String[] choices = property.getChoices();
    return choices != null && Stream.of(choices).noneMatch(value::equalsIgnoreCase);
  }

  void putInto(Properties properties) {
    values.forEach(properties::setProperty);
  }
}
