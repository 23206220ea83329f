package dev.onbehalf.benchmarks.workload;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A PgBouncer between the requests and the database, if one is installed. It shares connections
 * between the transactions of one user, so each request connects to it afresh, which is cheap.
 */
final class PgBouncer implements Peer {
  private static final List<Path> PLACES =
      List.of(
          Path.of("/usr/sbin/pgbouncer"),
          Path.of("/usr/bin/pgbouncer"),
          Path.of("/usr/local/bin/pgbouncer"),
          Path.of("/opt/homebrew/bin/pgbouncer"));

  private final Process process;
  private final String url;
  private final Database database;

  private PgBouncer(Process process, String url, Database database) {
    this.process = process;
    this.url = url;
    this.database = database;
  }

  static boolean isInstalled() {
    return PLACES.stream().anyMatch(Files::isExecutable);
  }

  static PgBouncer start(Database database, int budget) throws IOException {
    Path program = PLACES.stream().filter(Files::isExecutable).findFirst().orElseThrow();
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    Path folder = Files.createTempDirectory("pgbouncer");
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    Path users = folder.resolve("users.txt");
    StringBuilder list = new StringBuilder();
    for (int i = 0; i < database.users(); i++) {
      list.append('"').append(Database.user(i)).append("\" \"").append(database.password());
      list.append("\"\n");
    }
    Files.writeString(users, list);
    Path config = folder.resolve("pgbouncer.ini");
    Files.writeString(
        config,
        """
        [databases]
        postgres = host=127.0.0.1 port=%s dbname=postgres
        [pgbouncer]
        listen_addr = 127.0.0.1
        listen_port = %s
        unix_socket_dir =
        auth_type = plain
        auth_file = %s
        pool_mode = transaction
        max_db_connections = %s
        default_pool_size = %s
        max_client_conn = 1000
        query_wait_timeout = %s
        server_idle_timeout = %s
        ignore_startup_parameters = extra_float_digits
        """
            .formatted(
                database.port(),
                port,
                users,
                budget,
                PeerKind.PER_USER,
                PeerKind.PATIENCE.toSeconds(),
                PeerKind.IDLE.toSeconds()));
    List<String> command = new ArrayList<>(List.of(program.toString(), "-q", config.toString()));
    if (System.getProperty("user.name").equals("root")) {
      command.addAll(1, List.of("-u", "nobody")); // it refuses to run as root
    }
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("log").toFile())
            .start();
    PgBouncer started = new PgBouncer(process, Database.url(port), database);
    started.awaitReady();
    return started;
  }

  private void awaitReady() throws IOException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
    while (true) {
      try {
        connection(Database.user(0)).close();
        return;
      } catch (SQLException e) {
        if (System.nanoTime() > end || !process.isAlive()) {
          process.destroy();
          throw new IOException("PgBouncer did not start", e);
        }
        Thread.onSpinWait();
      }
    }
  }

  @Override
  public Connection connection(String user) throws SQLException {
    return Database.login(url, user, database.password());
  }

  @Override
  public void close() {
    process.destroy();
    process.onExit().join();
  }
}
