package dev.onbehalf.lakebaselocal;

import dev.onbehalf.lakebaselocal.internal.postgres.Server;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What an instance is started with, checked. */
record LocalSettings(
    List<String> users,
    List<String> peopleWithoutRole,
    Map<String, String> passwordRoles,
    String database,
    int maxConnections,
    Clock clock,
    boolean takesAccessTokens,
    BiPredicate<String, String> logins,
    Ports ports,
    @Nullable Path data,
    @Nullable String group,
    List<Script> scripts) {

  /** Where it listens; zero is any free port. */
  record Ports(int logins, int workspace) {
    static final Ports ANY = new Ports(0, 0);

    Ports {
      requirePort(logins);
      requirePort(workspace);
      if (logins != 0 && logins == workspace) {
        throw new IllegalArgumentException(
            "Logins and the workspace can't have the same port, " + logins);
      }
    }

    private static void requirePort(int port) {
      if (port < 0 || port > 65_535) {
        throw new IllegalArgumentException("A port is 0 to 65535, not " + port);
      }
    }
  }

  private static final int MAX_NAME_BYTES = 63;
  private static final Set<String> RESERVED = Set.of(Server.SUPERUSER, "public", "none");

  LocalSettings {
    users = List.copyOf(users);
    peopleWithoutRole = List.copyOf(peopleWithoutRole);
    passwordRoles = Map.copyOf(passwordRoles);
    requireDistinctNames(
        Stream.of(
                users,
                peopleWithoutRole,
                passwordRoles.keySet(),
                group == null ? Set.<String>of() : Set.of(group))
            .flatMap(Collection::stream)
            .toList());
    requireName(database);
    scripts = List.copyOf(scripts);
    if (maxConnections < 4 || maxConnections > 10_000) {
      throw new IllegalArgumentException(
          "PostgreSQL's max_connections must be 4 to 10,000, but is " + maxConnections);
    }
  }

  private static void requireDistinctNames(List<String> names) {
    Set<String> seen = new HashSet<>();
    for (String name : names) {
      requireRole(name);
      if (!seen.add(name)) {
        throw new IllegalArgumentException("The name \"" + name + "\" is used twice");
      }
    }
  }

  static void requireRole(String name) {
    requireName(name);
    if (RESERVED.contains(name) || name.startsWith("pg_")) {
      throw new IllegalArgumentException("The name \"" + name + "\" is PostgreSQL's own");
    }
  }

  private static void requireName(String name) {
    if (name.isBlank() || name.chars().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException("A name is not blank and has no control characters");
    }
    int bytes = name.getBytes(StandardCharsets.UTF_8).length;
    if (bytes > MAX_NAME_BYTES) {
      throw new IllegalArgumentException(
          "The name \"%s\" has %s bytes; PostgreSQL cuts names after %s"
              .formatted(name, bytes, MAX_NAME_BYTES));
    }
  }

  /** Tells nothing of the passwords. */
  @Override
  public String toString() {
    return "LocalSettings[users=%s, peopleWithoutRole=%s, database=%s]"
        .formatted(users, peopleWithoutRole, database);
  }
}
