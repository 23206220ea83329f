package dev.onbehalf.lakebaselocal;

import dev.onbehalf.lakebaselocal.internal.postgres.Server;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** What an instance is started with, checked. */
record LocalSettings(
    List<String> users,
    List<String> peopleWithoutRole,
    Map<String, String> passwordRoles,
    String database,
    int maxConnections,
    Clock clock) {

  private static final int MAX_NAME_BYTES = 63;
  private static final Set<String> RESERVED = Set.of(Server.SUPERUSER, "public", "none");

  LocalSettings {
    users = List.copyOf(users);
    peopleWithoutRole = List.copyOf(peopleWithoutRole);
    passwordRoles = Map.copyOf(passwordRoles);
    requireDistinctNames(
        Stream.of(users, peopleWithoutRole, passwordRoles.keySet())
            .flatMap(Collection::stream)
            .toList());
    requireName(database);
    if (maxConnections < 4 || maxConnections > 10_000) {
      throw new IllegalArgumentException(
          "maxConnections must be 4 to 10,000, but is " + maxConnections);
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
