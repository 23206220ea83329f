package dev.onbehalf.rowsecurity.program;

import java.util.Map;
import java.util.Set;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/** Where the database is, and who asks it. */
final class Database {
  private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "::1", "[::1]");

  private Database() {}

  /**
   * The URL, or what the environment's PG variables say.
   *
   * <p>Without a URL, TLS is verified for any host but loopback; {@code require} and its like mean
   * {@code verify-full}, as everywhere in this project.
   */
  static DataSource of(String url, Map<String, String> environment) throws UsageException {
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setApplicationName("onbehalf-row-security");
    source.setConnectTimeout(10);
    if (url.isEmpty()) {
      String host = environment.getOrDefault("PGHOST", "localhost");
      source.setServerNames(new String[] {host});
      source.setPortNumbers(new int[] {port(environment.getOrDefault("PGPORT", "5432"))});
      source.setDatabaseName(environment.getOrDefault("PGDATABASE", "postgres"));
      secure(source, host, environment);
    } else {
      try {
        source.setUrl(url);
      } catch (IllegalArgumentException e) {
        throw new UsageException("--url is not understood: " + e.getMessage());
      }
    }
    if (source.getUser() == null && environment.containsKey("PGUSER")) {
      source.setUser(environment.get("PGUSER"));
    }
    if (environment.containsKey("PGPASSWORD")) {
      source.setPassword(environment.get("PGPASSWORD"));
    }
    return source;
  }

  private static int port(String value) throws UsageException {
    try {
      return Integer.parseInt(value);
    } catch (NumberFormatException e) {
      throw new UsageException("PGPORT is a number, not " + value);
    }
  }

  private static void secure(
      PGSimpleDataSource source, String host, Map<String, String> environment) {
    String mode = environment.getOrDefault("PGSSLMODE", "");
    if (mode.equals("disable") || (mode.isEmpty() && LOOPBACK.contains(host))) {
      return;
    }
    source.setSslMode(mode.equals("verify-ca") ? mode : "verify-full");
    String root = environment.getOrDefault("PGSSLROOTCERT", "system");
    if (root.equals("system")) {
      source.setSslfactory("org.postgresql.ssl.DefaultJavaSSLFactory");
    } else {
      source.setSslRootCert(root);
    }
  }
}
