package dev.onbehalf.lakebaselocal.internal.postgres;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The PostgreSQL of one instance; {@link Compute} sees to it that only one thread starts or stops
 * it. It listens on a Unix-domain socket, in a folder that only its owner can enter, and there it
 * trusts everyone; nothing listens on TCP. So for other users of the machine the gateway is the
 * only door.
 */
public final class Server {
  /** The superuser's name. */
  public static final String SUPERUSER = "postgres";

  /** Names the socket, nothing more. */
  private static final int PORT = 5432;

  /** The kernel's limits are 108 bytes on Linux and 104 on macOS, the NUL at the end included. */
  private static final int MAX_SOCKET_PATH = 103;

  private final Path folder;
  private final Cluster cluster;
  private final int maxConnections;
  private final List<String> setup;
  private @Nullable Installation installation;

  /**
   * @param folder the instance's private folder, for the socket and the log
   * @param cluster where its data are
   * @param maxConnections PostgreSQL's {@code max_connections}
   * @param setup statements that make of an empty cluster what is wanted, without line breaks
   */
  public Server(Path folder, Cluster cluster, int maxConnections, List<String> setup) {
    this.folder = folder;
    this.cluster = cluster;
    this.maxConnections = maxConnections;
    this.setup = List.copyOf(setup);
    if (socket().toString().length() > MAX_SOCKET_PATH) {
      throw new IllegalStateException(
          "A socket's path has at most %s bytes, %s is too long: set -Djava.io.tmpdir to a folder with a shorter name"
              .formatted(MAX_SOCKET_PATH, socket()));
    }
  }

  /** Starts it, on its own data or on fresh data, and waits until it takes connections. */
  void start() throws IOException {
    if (installation == null) {
      installation = Installation.prepare(folder);
    }
    cluster.awaitLastEnd();
    cluster.makeIfMissing(installation, setup);
    cluster.configure(configuration());
    try {
      control(installation, "start", "-l", log().toString(), "-t", "60");
    } catch (IOException e) {
      throw new IOException(e.getMessage() + "\n" + Files.readString(log()), e);
    }
  }

  /** Stops it: sessions end with 57P01, the data stays. */
  void stop() throws IOException {
    if (installation != null) {
      control(installation, "stop", "-m", "fast", "-t", "30");
    }
  }

  SocketChannel connect() throws IOException {
    return SocketChannel.open(UnixDomainSocketAddress.of(socket()));
  }

  private void control(Installation installation, String action, String... options)
      throws IOException {
    List<String> arguments =
        new ArrayList<>(List.of(action, "-w", "-D", cluster.folder().toString()));
    arguments.addAll(List.of(options));
    Command.run(installation.command("pg_ctl", arguments));
  }

  private Path log() {
    return folder.resolve("postgres.log");
  }

  private Path socket() {
    return folder.resolve(".s.PGSQL." + PORT);
  }

  private String configuration() {
    return """
    listen_addresses = ''
    port = %s
    unix_socket_directories = '%s'
    unix_socket_permissions = 0700
    max_connections = %s
    timezone = 'UTC'
    log_timezone = 'UTC'
    """
        .formatted(PORT, folder.toString().replace("'", "''"), maxConnections);
  }
}
