package dev.onbehalf.identity.internal;

import dev.onbehalf.identity.InvalidSettingsException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Reads variables one by one and remembers what is wrong with them, so that all mistakes are told
 * at once. Each sentence names the variable, the value (never a secret's) and an example. After a
 * mistake a reader goes on with a stand-in value; {@link #throwProblems} keeps it from being used.
 */
public final class SettingsReader {
  /** What the pool takes. */
  private static final Duration SHORTEST = Duration.ofMillis(1);

  private static final Duration LONGEST = Duration.ofDays(365);

  /** PostgreSQL counts in milliseconds, of which an integer holds so many. */
  private static final Duration LONGEST_OF_SESSION = Duration.ofDays(24);

  private static final Pattern LOOPBACK =
      Pattern.compile("localhost|127\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}|\\[?::1\\]?");
  private static final Pattern HOST = Pattern.compile("[\\w.,-]+|\\[?[\\da-fA-F:.]+]?");
  private static final int MAX_ROLE_BYTES = 63;

  private final Map<String, String> variables;
  private final List<String> problems = new ArrayList<>();

  public SettingsReader(Map<String, String> variables) {
    this.variables = variables;
  }

  public static boolean isLoopback(String host) {
    return LOOPBACK.matcher(host).matches();
  }

  /** The variable's value; a blank one counts as unset, as it does for libpq. */
  public Optional<String> optional(String name) {
    return Optional.ofNullable(variables.get(name)).filter(value -> !value.isBlank());
  }

  public String required(String name, String example) {
    return optional(name)
        .orElseGet(
            () -> {
              problem("%s is not set. Example: %s=%s", name, name, example);
              return "";
            });
  }

  /** What could be the end of the host in a URL could bring options along, sslmode for one. */
  public String host(String name, String example) {
    return checkedHost(required(name, example), name, example);
  }

  /** The same where there need be none; empty then. */
  public String optionalHost(String name, String example) {
    return checkedHost(optional(name).orElse(""), name, example);
  }

  private String checkedHost(String value, String name, String example) {
    if (!value.isEmpty() && !HOST.matcher(value).matches()) {
      problem("%s is \"%s\", not a host's name. Example: %s=%s", name, value, name, example);
    }
    return value;
  }

  public int port(String name, int otherwise) {
    String value = optional(name).orElse(Integer.toString(otherwise));
    if (value.matches("\\d{1,5}")) {
      int port = Integer.parseInt(value);
      if (port >= 1 && port <= 65_535) {
        return port;
      }
    }
    problem("%s is \"%s\", not a port from 1 to 65535. Example: %s=5432", name, value, name);
    return otherwise;
  }

  public Optional<Path> readableFile(String name, String example) {
    Optional<Path> file = optional(name).map(Path::of);
    if (file.isPresent() && !Files.isReadable(file.get())) {
      problem(
          "%s is \"%s\", a file that can't be read. Example: %s=%s",
          name, file.get(), name, example);
    }
    return file;
  }

  public Optional<String> role(String name) {
    Optional<String> role = optional(name);
    int bytes = role.map(value -> value.getBytes(StandardCharsets.UTF_8).length).orElse(0);
    if (bytes > MAX_ROLE_BYTES) {
      problem(
          "%s has %s bytes, and a PostgreSQL role name has %s at most. Example: %s=app_owner",
          name, bytes, MAX_ROLE_BYTES, name);
    }
    return role;
  }

  public void together(String one, String other, String why) {
    if (optional(one).isPresent() != optional(other).isPresent()) {
      String missing = optional(one).isPresent() ? other : one;
      problem("%s is not set, but %s is: %s", missing, missing.equals(one) ? other : one, why);
    }
  }

  public void needs(String one, String other, String why) {
    if (optional(one).isPresent() && optional(other).isEmpty()) {
      problem("%s is not set, but %s is: %s", other, one, why);
    }
  }

  public void atLeastOne(String name, int value) {
    if (value < 1) {
      problem("%s is %s, and must be at least 1", name, value);
    }
  }

  public void positive(String name, Duration value) {
    if (value.compareTo(SHORTEST) < 0 || value.compareTo(LONGEST) > 0) {
      problem("%s is %s, and must be from 1 ms to 365 days. Example: PT10S", name, value);
    }
  }

  public void positiveOrZero(String name, Duration value) {
    if (!value.isZero()) {
      positive(name, value);
    }
  }

  public void sessionTimeout(String name, Duration value) {
    boolean fits = value.compareTo(SHORTEST) >= 0 && value.compareTo(LONGEST_OF_SESSION) <= 0;
    if (!value.isZero() && !fits) {
      problem("%s is %s, and must be 0, or from 1 ms to 24 days. Example: PT30S", name, value);
    }
  }

  public InetSocketAddress unresolved(String portsName, String host, int port) {
    if (port < 1 || port > 65_535) {
      problem("%s is %s, not a port from 1 to 65535", portsName, port);
      return InetSocketAddress.createUnresolved(host, 1);
    }
    return InetSocketAddress.createUnresolved(host, port);
  }

  public void upToAnHour(String name, Duration value) {
    if (value.isNegative() || value.compareTo(Duration.ofHours(1)) > 0) {
      problem("%s is %s, and must be from 0 to 1 hour. Example: PT5S", name, value);
    }
  }

  public void throwProblems() {
    if (!problems.isEmpty()) {
      throw new InvalidSettingsException(problems);
    }
  }

  public void problem(String sentence, Object... arguments) {
    problems.add(String.format(Locale.ROOT, sentence, arguments));
  }
}
