package dev.onbehalf.lakebaselocal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Data that stay when the instance ends. */
class KeptDataTest {
  private static final String ALICE = "alice@example.com";
  private static final String BOB = "bob@example.com";
  private static final String CAROL = "carol@example.com";

  @TempDir Path temporary;

  private Path data() {
    return temporary.resolve("data folder"); // a space must not matter
  }

  private LakebaseLocal.Builder kept() {
    return LakebaseLocal.builder().data(data());
  }

  @Test
  void peopleRolesTablesAndTheServicePrincipalAreTheSameAfterARestart() throws Exception {
    Map<String, String> before;
    String certificate;
    try (LakebaseLocal lakebase = kept().user(ALICE).personWithoutRole(CAROL).start()) {
      before = new LinkedHashMap<>(lakebase.environment());
      certificate = Files.readString(rootCertificate(lakebase));
      lakebase.addUser(BOB);
      execute(asServicePrincipal(lakebase), "CREATE TABLE note AS SELECT 'kept' AS text");
      execute(asServicePrincipal(lakebase), "GRANT SELECT ON note TO PUBLIC");
    }

    try (LakebaseLocal lakebase = kept().start()) {
      assertThat(lakebase.environment())
          .containsEntry("DATABRICKS_CLIENT_ID", before.get("DATABRICKS_CLIENT_ID"))
          .containsEntry("DATABRICKS_CLIENT_SECRET", before.get("DATABRICKS_CLIENT_SECRET"))
          .containsEntry("PGSSLROOTCERT", before.get("PGSSLROOTCERT"));
      assertThat(Files.readString(rootCertificate(lakebase))).isEqualTo(certificate);
      assertThat(lakebase.users()).containsExactly(ALICE, BOB);
      assertThat(lakebase.peopleWithoutRole()).containsExactly(CAROL);
      assertThat(text(as(lakebase, BOB), "SELECT text FROM note")).isEqualTo("kept");
    }
  }

  @Test
  void whoeverIsNamedLaterJoinsAndWhoeverWasRemovedStaysAway() throws Exception {
    try (LakebaseLocal lakebase = kept().user(ALICE).user(BOB).start()) {
      lakebase.removePerson(BOB);
    }
    try (LakebaseLocal lakebase =
        kept().user(CAROL).passwordRole("reporting", "correct horse").grant("app users").start()) {
      assertThat(lakebase.users()).containsExactly(ALICE, CAROL);
      assertThat(text(as(lakebase, CAROL), "SELECT current_user")).isEqualTo(CAROL);
      assertThat(text(as(lakebase, ALICE), "SELECT pg_has_role('app users', 'MEMBER')"))
          .isEqualTo("t");
      lakebase.addUser(BOB); // whose role is still there
      assertThat(text(as(lakebase, BOB), "SELECT pg_has_role('app users', 'MEMBER')"))
          .isEqualTo("t");
    }
  }

  @Test
  void oneInstanceAtATimeHasThem() {
    try (LakebaseLocal lakebase = kept().start()) {
      assertThatThrownBy(() -> kept().start())
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("Another lakebase-local uses the data in");
      assertThat(lakebase.users()).isEmpty();
    }
    kept().start().close();
  }

  @Test
  void nobodyElseCanLookIntoThem() throws IOException {
    kept().start().close();
    assertThat(permissions(data())).isEqualTo("rwx------");
    assertThat(permissions(data().resolve("lakebase-local.properties"))).isEqualTo("rw-------");
    assertThat(permissions(data().resolve("server-key.jks"))).isEqualTo("rw-------");
  }

  @Test
  void aFolderWithSomethingElseInItIsLeftAlone() throws IOException {
    Path file = Files.writeString(Files.createDirectory(data()).resolve("thesis.txt"), "mine");
    Files.setPosixFilePermissions(data(), PosixFilePermissions.fromString("rwxr-xr-x"));

    assertThatThrownBy(() -> kept().start())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("is not empty");
    assertThatThrownBy(() -> LakebaseLocal.builder().data(file).start())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("is no folder");

    try (Stream<Path> files = Files.list(data())) {
      assertThat(files).containsExactly(file);
    }
    assertThat(permissions(data())).isEqualTo("rwxr-xr-x");
  }

  @Test
  void dataOfAnotherVersionAreNamedAsSuchAndLeftAlone() throws IOException {
    kept().start().close();
    Path version = data().resolve("data/PG_VERSION");
    Files.writeString(version, "16\n");

    assertThatThrownBy(() -> kept().start())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("were made by PostgreSQL 16")
        .hasMessageContaining("brings PostgreSQL 17");
    assertThat(Files.readString(version)).isEqualTo("16\n");
  }

  @Test
  void dataOfALaterFormAndAnotherDatabaseAreRefused() throws IOException {
    kept().start().close();
    assertThatThrownBy(() -> kept().database("other").start())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("\"databricks_postgres\", not \"other\"");

    Path kept = data().resolve("lakebase-local.properties");
    Files.writeString(kept, Files.readString(kept).replace("format=1", "format=2"));
    assertThatThrownBy(() -> kept().start())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("format \"2\"");
  }

  @Test
  void aFolderWhoseFirstStartFailedCanBeUsed() {
    assertThatThrownBy(() -> kept().sql("SELECT 1 / 0").start())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("division by zero");
    kept().user(ALICE).start().close();
  }

  private static Path rootCertificate(LakebaseLocal lakebase) {
    return Path.of(Objects.requireNonNull(lakebase.environment().get("PGSSLROOTCERT")));
  }

  private static String permissions(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  private static Connection asServicePrincipal(LakebaseLocal lakebase) throws SQLException {
    return as(lakebase, lakebase.servicePrincipal());
  }

  private static Connection as(LakebaseLocal lakebase, String user) throws SQLException {
    String password = lakebase.databaseCredential(user, Duration.ofHours(1));
    return DriverManager.getConnection(lakebase.jdbcUrl(), user, password);
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (connection;
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static String text(Connection connection, String query) throws SQLException {
    try (connection;
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      row.next();
      return row.getString(1);
    }
  }
}
