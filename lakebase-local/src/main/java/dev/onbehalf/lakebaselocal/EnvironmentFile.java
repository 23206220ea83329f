package dev.onbehalf.lakebaselocal;

import dev.onbehalf.lakebaselocal.internal.postgres.PrivateFile;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The environment as a file that shells, Docker and Spring read. It is there while what it names
 * runs: one that leads nowhere would hide from an application that it has no database. Only its
 * owner can read it, for it holds a secret.
 */
final class EnvironmentFile implements Closeable {
  private static final String FIRST_LINE =
      "# Written by lakebase-local, which removes it when it ends. It holds a secret.";

  private final Path file;
  private String written = "";

  private EnvironmentFile(Path file) {
    this.file = file;
  }

  /**
   * Names a file that is written later.
   *
   * @throws IllegalStateException if there is one already that is not ours
   */
  static EnvironmentFile at(Path path) {
    Path file = path.toAbsolutePath();
    Path folder = file.getParent();
    if (folder == null || !Files.isDirectory(folder)) {
      throw new IllegalStateException("--env-file: there is no folder " + folder);
    }
    if (Files.exists(file) && !isOurs(file)) {
      throw new IllegalStateException(
          "--env-file: "
              + file
              + " is there already, and lakebase-local has not written it: name another file");
    }
    return new EnvironmentFile(file);
  }

  private static boolean isOurs(Path file) {
    try {
      return Files.readString(file).startsWith(FIRST_LINE);
    } catch (IOException e) {
      return false;
    }
  }

  /** {@code NAME=value}, one a line. */
  static String text(Map<String, String> environment) {
    StringBuilder text = new StringBuilder(FIRST_LINE).append('\n');
    environment.forEach((name, value) -> text.append(name).append('=').append(value).append('\n'));
    return text.toString();
  }

  /** What such a file says. */
  static Map<String, String> read(Path file) {
    Map<String, String> environment = new LinkedHashMap<>();
    try {
      for (String line : Files.readAllLines(file)) {
        int equals = line.indexOf('=');
        if (equals > 0 && !line.startsWith("#")) {
          environment.put(line.substring(0, equals), line.substring(equals + 1));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(file + " can't be read: " + Unreadable.why(e), e);
    }
    return environment;
  }

  void write(Map<String, String> environment) throws IOException {
    written = text(environment);
    PrivateFile.write(file, written.getBytes(StandardCharsets.UTF_8));
  }

  /** Removes it, unless somebody has written another one since. */
  @Override
  public void close() throws IOException {
    if (Files.exists(file) && Files.readString(file).equals(written)) {
      Files.delete(file);
    }
  }
}
