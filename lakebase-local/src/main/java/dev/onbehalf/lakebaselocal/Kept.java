package dev.onbehalf.lakebaselocal;

import dev.onbehalf.lakebaselocal.internal.postgres.PrivateFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.UUID;

/**
 * What an instance still is after a restart, where its data are kept: the service principal's
 * client id and secret, so that what an app was told stays true, and who the people are.
 */
record Kept(
    String servicePrincipal,
    String clientSecret,
    String database,
    List<String> users,
    List<String> peopleWithoutRole) {

  /** Of the file and of the folder around it; raised when an older program can't read them. */
  private static final String FORMAT = "1";

  Kept {
    users = List.copyOf(users);
    peopleWithoutRole = List.copyOf(peopleWithoutRole);
  }

  /** A new instance's. */
  static Kept fresh(LocalSettings settings) {
    return new Kept(
        UUID.randomUUID().toString(),
        Secrets.random(),
        settings.database(),
        settings.users(),
        settings.peopleWithoutRole());
  }

  /**
   * A former instance's.
   *
   * @throws IllegalStateException if a later lakebase-local wrote it
   */
  static Kept read(Path file) throws IOException {
    Properties properties = new Properties();
    try (InputStream in = Files.newInputStream(file)) {
      properties.load(in);
    }
    String format = properties.getProperty("format", "");
    if (!format.equals(FORMAT)) {
      throw new IllegalStateException(
          "The data beside %s have the format \"%s\", and this lakebase-local knows \"%s\": use the lakebase-local that made them, or name another folder"
              .formatted(file, format, FORMAT));
    }
    return new Kept(
        required(properties, "servicePrincipal", file),
        required(properties, "clientSecret", file),
        required(properties, "database", file),
        lines(properties, "users"),
        lines(properties, "peopleWithoutRole"));
  }

  private static String required(Properties properties, String name, Path file) {
    String value = properties.getProperty(name);
    if (value == null) {
      throw new IllegalStateException(file + " lacks the line " + name);
    }
    return value;
  }

  private static List<String> lines(Properties properties, String name) {
    return properties.getProperty(name, "").lines().toList(); // no name has a line break
  }

  /** With those who are named now; who has a role keeps it. */
  Kept joinedBy(LocalSettings settings) {
    if (!settings.database().equals(database)) {
      throw new IllegalStateException(
          "The database of these data is \"%s\", not \"%s\": name the former, or another folder"
              .formatted(database, settings.database()));
    }
    Set<String> all = new LinkedHashSet<>(users);
    all.addAll(settings.users());
    Set<String> without = new LinkedHashSet<>(peopleWithoutRole);
    without.addAll(settings.peopleWithoutRole());
    without.removeAll(all);
    return withPeople(new ArrayList<>(all), new ArrayList<>(without));
  }

  Kept withPeople(List<String> users, List<String> peopleWithoutRole) {
    return new Kept(servicePrincipal, clientSecret, database, users, peopleWithoutRole);
  }

  void write(Path file) throws IOException {
    Properties properties = new Properties();
    properties.setProperty("format", FORMAT);
    properties.setProperty("servicePrincipal", servicePrincipal);
    properties.setProperty("clientSecret", clientSecret);
    properties.setProperty("database", database);
    properties.setProperty("users", String.join("\n", users));
    properties.setProperty("peopleWithoutRole", String.join("\n", peopleWithoutRole));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    properties.store(out, "lakebase-local: what stays over its restarts. It holds a secret.");
    PrivateFile.write(file, out.toByteArray());
  }

  /** Tells nothing of the secret. */
  @Override
  public String toString() {
    return "Kept[servicePrincipal=%s, database=%s, users=%s]"
        .formatted(servicePrincipal, database, users);
  }
}
