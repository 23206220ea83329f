package dev.onbehalf.identity;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.awaitility.Awaitility;

/**
 * A PostgreSQL and a hot standby that follows it, both of which let everybody in: the application's
 * role is app; alice and bob see their own orders, root would see all.
 *
 * @see <a href="https://www.postgresql.org/docs/current/continuous-archiving.html">Continuous
 *     Archiving: Making a Base Backup Using the Low Level API</a>
 */
public final class PrimaryAndStandby implements AutoCloseable {
  private final Path folder;
  private final EmbeddedPostgres primary;
  private final EmbeddedPostgres standby;

  private PrimaryAndStandby(Path folder, EmbeddedPostgres primary, EmbeddedPostgres standby) {
    this.folder = folder;
    this.primary = primary;
    this.standby = standby;
  }

  /** Starts both; the standby has all that the primary has. */
  public static PrimaryAndStandby start() throws IOException, SQLException {
    Path folder = Files.createTempDirectory("standby");
    Path data = folder.resolve("data");
    EmbeddedPostgres primary =
        EmbeddedPostgres.builder()
            .setPGStartupWait(Duration.ofMinutes(1))
            .setDataDirectory(folder.resolve("primary"))
            .setServerConfig("wal_level", "replica")
            .setServerConfig("fsync", "off")
            .start();
    try (Connection connection = primary.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(
          """
          CREATE ROLE app LOGIN;
          CREATE ROLE people;
          CREATE ROLE "alice@example.com" LOGIN IN ROLE people;
          CREATE ROLE "bob@example.com" LOGIN IN ROLE people;
          CREATE ROLE "root@example.com" LOGIN BYPASSRLS IN ROLE people;
          CREATE SCHEMA shop AUTHORIZATION app;
          GRANT USAGE ON SCHEMA shop TO people;
          SET ROLE app;
          CREATE TABLE shop.orders (item text, owner text DEFAULT current_user);
          ALTER TABLE shop.orders ENABLE ROW LEVEL SECURITY;
          CREATE POLICY own ON shop.orders USING (owner = current_user);
          GRANT SELECT, INSERT, UPDATE, DELETE ON shop.orders TO people;
          INSERT INTO shop.orders VALUES ('bread', 'alice@example.com'), ('tea', 'bob@example.com');
          RESET ROLE
          """);
      statement.execute("SELECT pg_backup_start('standby', true)");
      copy(folder.resolve("primary"), data);
      try (ResultSet label =
          statement.executeQuery("SELECT labelfile FROM pg_backup_stop(false)")) {
        label.next();
        Files.writeString(data.resolve("backup_label"), label.getString(1));
      }
    }
    Files.createFile(data.resolve("standby.signal"));
    Files.writeString(
        data.resolve("postgresql.auto.conf"),
        "primary_conninfo = 'host=localhost port=%s user=postgres'\n".formatted(primary.getPort()),
        StandardOpenOption.APPEND);
    EmbeddedPostgres standby =
        EmbeddedPostgres.builder()
            .setPGStartupWait(Duration.ofMinutes(1))
            .setDataDirectory(data)
            .setCleanDataDirectory(false)
            .setServerConfig("fsync", "off")
            .start();
    return new PrimaryAndStandby(folder, primary, standby);
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.walkFileTree(
        from,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes)
              throws IOException {
            Files.createDirectories(
                to.resolve(from.relativize(folder)),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            if (!file.endsWith("postmaster.pid") && !file.endsWith("postmaster.opts")) {
              Files.copy(file, to.resolve(from.relativize(file)));
            }
            return FileVisitResult.CONTINUE;
          }
        });
  }

  /** Where it is written. */
  public int port() {
    return primary.getPort();
  }

  /** Where it is only read. */
  public int readOnlyPort() {
    return standby.getPort();
  }

  /** Returns when the standby has all that was written. */
  public void awaitCaughtUp() throws SQLException {
    String written = ask(primary, "SELECT pg_current_wal_lsn()");
    Awaitility.await()
        .until(
            () -> ask(standby, "SELECT pg_last_wal_replay_lsn() >= '" + written + "'").equals("t"));
  }

  private static String ask(EmbeddedPostgres server, String question) throws SQLException {
    try (Connection connection = server.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(question)) {
      row.next();
      return row.getString(1);
    }
  }

  /** Ends the standby alone. */
  public void stopStandby() throws IOException {
    standby.close();
  }

  @Override
  public void close() throws IOException {
    standby.close();
    primary.close();
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path folder, IOException failure)
              throws IOException {
            Files.delete(folder);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
