package dev.onbehalf.lakebaselocal.internal.postgres;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import io.zonky.test.db.postgres.util.LinuxUtils;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** A running PostgreSQL process. */
final class Server {
  /*
   * PostgreSQL listens on a Unix-domain socket in a folder that only its owner can enter, and there
   * it trusts everyone: nothing listens on TCP, so the gateway is the only door for other users of
   * the machine.
   *
   * The embedded PostgreSQL of io.zonky.test expects TCP: it takes a server for ready when it can
   * log in at localhost. So it is told the gateway's port. PostgreSQL uses the number for the name
   * of its socket only, and the readiness check comes to us through the gateway.
   */
  private static final Duration STARTUP_TIMEOUT = Duration.ofSeconds(60);
  private static final String WORKING_DIRECTORY = "ot.epg.working-dir";

  private final EmbeddedPostgres process;
  private final Settings settings;

  private Server(EmbeddedPostgres process, Settings settings) {
    this.process = process;
    this.settings = settings;
  }

  /** Starts on the data that is there, or on fresh data; waits until it takes logins. */
  static Server start(Settings settings) throws IOException {
    refuseToRunAsRoot();
    Path binaries = PrivateFolder.forBinaries(settings.folder());
    EmbeddedPostgres.Builder builder =
        builderWithin(binaries)
            .setOverrideWorkingDirectory(binaries.toFile())
            .setDataDirectory(settings.data())
            .setCleanDataDirectory(false)
            .setRegisterShutdownHook(false)
            .setPort(settings.port())
            .setPGStartupWait(STARTUP_TIMEOUT)
            .setLocaleConfig("locale", "C")
            .setLocaleConfig("locale-provider", "builtin")
            .setLocaleConfig("builtin-locale", "C.UTF-8")
            .setServerConfig("listen_addresses", "''")
            .setServerConfig("unix_socket_directories", quoted(settings.folder()))
            .setServerConfig("unix_socket_permissions", "0700")
            .setServerConfig("full_page_writes", "off")
            .setServerConfig("max_connections", Integer.toString(settings.maxConnections()));
    settings.superuserLogin().forEach(builder::setConnectConfig);
    return new Server(builder.start(), settings);
  }

  /** Stops it: sessions end with 57P01, the data stays. */
  void stop() throws IOException {
    process.close();
    if (Files.exists(settings.data().resolve("postmaster.pid"))) {
      throw new IOException("PostgreSQL in " + settings.data() + " did not stop within 5 s");
    }
  }

  /** PostgreSQL refuses to run as root, and is given another user id by unshare(1). */
  private static void refuseToRunAsRoot() {
    if ("root".equals(System.getProperty("user.name")) && !LinuxUtils.isUnshareAvailable()) {
      throw new IllegalStateException(
          "PostgreSQL does not run as root, and \"unshare -U\", which gives it another user id, does"
              + " not work here: run this as another user, or allow user namespaces (in a container:"
              + " --security-opt seccomp=unconfined)");
    }
  }

  /**
   * A builder that keeps out of /tmp/embedded-pg: there it would make a folder that is never
   * removed and that other users can write to. Its place can be told by a system property only.
   */
  private static synchronized EmbeddedPostgres.Builder builderWithin(Path folder) {
    String before = System.getProperty(WORKING_DIRECTORY);
    System.setProperty(WORKING_DIRECTORY, folder.toString());
    try {
      return EmbeddedPostgres.builder();
    } finally {
      if (before == null) {
        System.clearProperty(WORKING_DIRECTORY);
      } else {
        System.setProperty(WORKING_DIRECTORY, before);
      }
    }
  }

  /** Quoted for the shell, through which pg_ctl passes the server's options. */
  private static String quoted(Path path) {
    return "'" + path.toString().replace("'", "'\\''") + "'";
  }
}
