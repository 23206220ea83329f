package dev.onbehalf.lakebaselocal.internal.postgres;

import java.nio.file.Path;
import java.util.Map;

/**
 * What a PostgreSQL is started with.
 *
 * @param folder holds its data and its socket
 * @param port names the socket, and is the port of the gateway in front of it
 * @param maxConnections PostgreSQL's {@code max_connections}
 * @param superuserLogin properties with which the driver logs in as superuser through the gateway
 */
public record Settings(
    Path folder, int port, int maxConnections, Map<String, String> superuserLogin) {

  /** The superuser's name, as the embedded PostgreSQL has it. */
  public static final String SUPERUSER = "postgres";

  Path data() {
    return folder.resolve("data");
  }

  Path socket() {
    return folder.resolve(".s.PGSQL." + port);
  }

  /** Tells nothing of the login. */
  @Override
  public String toString() {
    return "Settings[folder=" + folder + ", port=" + port + "]";
  }
}
