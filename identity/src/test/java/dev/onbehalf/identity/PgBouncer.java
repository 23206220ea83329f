package dev.onbehalf.identity;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;

/**
 * Debian's PgBouncer before a PostgreSQL, which takes people's own passwords: it reads what {@code
 * pg_shadow} has of them, and what they prove by SCRAM it proves to the server in their name.
 */
final class PgBouncer implements AutoCloseable {
  private static final Path PROGRAM = Path.of("/usr/sbin/pgbouncer");

  private final Path folder;
  private final int port;
  private Process process;

  private PgBouncer(Path folder, int port) throws IOException {
    this.folder = folder;
    this.port = port;
    this.process = run();
  }

  /**
   * @param more lines of its configuration
   */
  static PgBouncer start(int server, String asker, String password, String more)
      throws IOException {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    Path folder = Files.createTempDirectory("pgbouncer");
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.writeString(folder.resolve("users.txt"), "\"%s\" \"%s\"\n".formatted(asker, password));
    Files.writeString(
        folder.resolve("pgbouncer.ini"),
        """
        [databases]
        postgres = host=127.0.0.1 port=%s dbname=postgres auth_user=%s
        [pgbouncer]
        listen_addr = 127.0.0.1
        listen_port = %s
        unix_socket_dir =
        auth_type = scram-sha-256
        auth_file = %s
        auth_query = SELECT usename, passwd FROM pg_catalog.pg_shadow WHERE usename = $1
        ignore_startup_parameters = extra_float_digits
        %s
        """
            .formatted(server, asker, port, folder.resolve("users.txt"), more));
    return new PgBouncer(folder, port);
  }

  private Process run() throws IOException {
    List<String> command = new ArrayList<>(List.of(PROGRAM.toString()));
    if (System.getProperty("user.name").equals("root")) {
      command.addAll(List.of("-u", "nobody")); // it refuses to run as root
    }
    command.add(folder.resolve("pgbouncer.ini").toString());
    Process started =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("log").toFile()))
            .start();
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .ignoreExceptionsInstanceOf(IOException.class)
        .until(
            () -> {
              new Socket(InetAddress.getLoopbackAddress(), port).close();
              return true;
            });
    return started;
  }

  int port() {
    return port;
  }

  /** 118 for 1.18. */
  int version() throws IOException {
    Matcher version =
        Pattern.compile("PgBouncer (\\d+)\\.(\\d+)")
            .matcher(Files.readString(folder.resolve("log")));
    if (!version.find()) {
      throw new IOException("PgBouncer did not say its version");
    }
    return Integer.parseInt(version.group(1)) * 100 + Integer.parseInt(version.group(2));
  }

  void restart() throws IOException {
    close();
    process = run();
  }

  @Override
  public void close() {
    process.destroyForcibly();
    process.onExit().join();
  }
}
