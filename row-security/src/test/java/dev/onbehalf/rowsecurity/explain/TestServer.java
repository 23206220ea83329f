package dev.onbehalf.rowsecurity.explain;

import dev.onbehalf.lakebaselocal.LakebaseLocal;
import dev.onbehalf.rowsecurity.internal.catalog.Names;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * One PostgreSQL for all tests of a JVM, with a login for each person: lakebase-local's, or another
 * version's where {@code -Dpostgres.version=18.4.0} names its binaries. It ends with the JVM.
 */
interface TestServer {
  DataSource superuser();

  /** Logs in as a person, who is made if they are not there yet. */
  DataSource person(String name) throws SQLException;

  static TestServer get() {
    return Holder.SERVER;
  }

  /** Runs statements as the superuser. */
  default void run(String sql) throws SQLException {
    try (Connection connection = superuser().getConnection();
        Statement statement = connection.createStatement()) {
      statement.setEscapeProcessing(false);
      statement.execute(sql);
    }
  }

  final class Holder {
    static final TestServer SERVER =
        System.getProperty("postgres.version") == null
            ? new OnLakebaseLocal()
            : new OnOtherPostgres();

    private Holder() {}
  }

  final class OnLakebaseLocal implements TestServer {
    private final LakebaseLocal lakebase = LakebaseLocal.builder().start();

    @Override
    public DataSource superuser() {
      return lakebase.superuser();
    }

    @Override
    public DataSource person(String name) {
      if (!lakebase.users().contains(name)) {
        lakebase.addUser(name);
      }
      return at(
          lakebase.jdbcUrl()
              + "&user="
              + encoded(name)
              + "&password="
              + encoded(lakebase.databaseCredential(name, Duration.ofHours(1))));
    }
  }

  final class OnOtherPostgres implements TestServer {
    private final EmbeddedPostgres postgres;

    OnOtherPostgres() {
      try {
        postgres = EmbeddedPostgres.builder().start();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public DataSource superuser() {
      return postgres.getPostgresDatabase();
    }

    @Override
    public DataSource person(String name) throws SQLException {
      run(
          "DO $$ BEGIN CREATE ROLE %s LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$"
              .formatted(Names.quoted(name)));
      return at(
          postgres
              .getJdbcUrl("postgres", "postgres")
              .replaceAll("user=[^&]*", "user=" + encoded(name)));
    }
  }

  private static DataSource at(String url) {
    PGSimpleDataSource dataSource = new PGSimpleDataSource();
    dataSource.setUrl(url);
    return dataSource;
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
