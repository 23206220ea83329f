package dev.onbehalf.rowsecurity.program;

import dev.onbehalf.rowsecurity.Scope;
import dev.onbehalf.rowsecurity.Severity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * What the program is told to do.
 *
 * @param url empty if the environment says where the database is
 */
record Options(Scope scope, String url, Format format, Severity failOn, Baseline baseline) {

  /** How the report is written. */
  enum Format {
    TEXT,
    JSON,
    SARIF
  }

  static Options parse(List<String> arguments) throws UsageException {
    List<String> people = new ArrayList<>();
    List<String> schemas = new ArrayList<>();
    String url = "";
    Format format = Format.TEXT;
    Severity failOn = Severity.ERROR;
    Baseline baseline = Baseline.EMPTY;
    Duration timeout = Duration.ofSeconds(30);
    boolean isMeasured = false;
    Iterator<String> rest = split(arguments).iterator();
    while (rest.hasNext()) {
      String option = rest.next();
      switch (option) {
        case "--as" -> people.addAll(names(option, value(option, rest)));
        case "--schema" -> schemas.addAll(names(option, value(option, rest)));
        case "--url" -> url = url(option, value(option, rest));
        case "--format" -> format = one(option, value(option, rest), Format.values());
        case "--fail-on" -> failOn = one(option, value(option, rest), Severity.values());
        case "--baseline" -> baseline = baseline(option, value(option, rest));
        case "--timeout" -> timeout = seconds(option, value(option, rest));
        case "--measure" -> isMeasured = true;
        default -> throw new UsageException("Unknown argument: " + option);
      }
    }
    if (people.isEmpty()) {
      throw new UsageException("--as is missing: for whom shall Row-Level Security hold?");
    }
    return new Options(
        new Scope(schemas, people, timeout, isMeasured), url, format, failOn, baseline);
  }

  /** Takes {@code --url} out of arguments that are another command's, and gives what it says. */
  static String takeUrl(List<String> arguments) throws UsageException {
    for (int i = 0; i < arguments.size(); i++) {
      String argument = arguments.get(i);
      if (argument.startsWith("--url=")) {
        arguments.remove(i);
        return url("--url", argument.substring("--url=".length()));
      }
      if (argument.equals("--url")) {
        arguments.remove(i);
        if (i == arguments.size()) {
          throw new UsageException("--url needs a value");
        }
        return url("--url", arguments.remove(i));
      }
    }
    return "";
  }

  /** {@code --name=value} is {@code --name value}. */
  private static List<String> split(List<String> arguments) {
    List<String> words = new ArrayList<>();
    for (String argument : arguments) {
      int equals = argument.startsWith("--") ? argument.indexOf('=') : -1;
      words.add(equals < 0 ? argument : argument.substring(0, equals));
      if (equals >= 0) {
        words.add(argument.substring(equals + 1));
      }
    }
    return words;
  }

  private static String value(String option, Iterator<String> rest) throws UsageException {
    if (!rest.hasNext()) {
      throw new UsageException(option + " needs a value");
    }
    return rest.next();
  }

  private static List<String> names(String option, String value) throws UsageException {
    List<String> names = Stream.of(value.split(",", -1)).map(String::strip).toList();
    if (names.stream().anyMatch(name -> name.isEmpty() || name.equals(Scope.GROUP))) {
      throw new UsageException(option + " has an empty name: " + value);
    }
    return names;
  }

  private static String url(String option, String value) throws UsageException {
    if (!value.startsWith("jdbc:postgresql:")) {
      throw new UsageException(option + " begins with jdbc:postgresql:");
    }
    if (value.toLowerCase(Locale.ROOT).contains("password=")) {
      throw new UsageException(
          option
              + " must not have the password, which others on this machine could read: set PGPASSWORD");
    }
    return value;
  }

  private static <E extends Enum<E>> E one(String option, String value, E[] all)
      throws UsageException {
    for (E each : all) {
      if (each.name().toLowerCase(Locale.ROOT).equals(value)) {
        return each;
      }
    }
    throw new UsageException(
        "%s is one of %s, not %s"
            .formatted(
                option,
                String.join(
                    ", ", Stream.of(all).map(e -> e.name().toLowerCase(Locale.ROOT)).toList()),
                value));
  }

  private static Duration seconds(String option, String value) throws UsageException {
    try {
      int seconds = Integer.parseInt(value);
      if (seconds > 0) {
        return Duration.ofSeconds(seconds);
      }
    } catch (NumberFormatException e) {
      // below
    }
    throw new UsageException(option + " needs a number of seconds, not " + value);
  }

  private static Baseline baseline(String option, String file) throws UsageException {
    try {
      return Baseline.parse(Files.readAllLines(Path.of(file)));
    } catch (IOException e) {
      throw new UsageException("%s %s can't be read: %s".formatted(option, file, e));
    }
  }
}
