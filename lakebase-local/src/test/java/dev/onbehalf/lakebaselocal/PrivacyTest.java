package dev.onbehalf.lakebaselocal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Nobody else on the machine gets around the gateway, and no secret gets out. */
class PrivacyTest {
  private static final String ALICE = "alice@example.com";
  private static final String PASSWORD = "correct horse battery staple";

  @RegisterExtension
  static final LakebaseLocalExtension LAKEBASE =
      LakebaseLocalExtension.builder().user(ALICE).passwordRole("reporting", PASSWORD).build();

  @Test
  void theDatabaseListensOnNoPort() throws Exception {
    try (Connection connection = LAKEBASE.get().superuser().getConnection();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SHOW listen_addresses")) {
      row.next();
      assertThat(row.getString(1)).isEmpty();
    }
  }

  @Test
  void onlyTheOwnerCanEnterTheFolder() throws IOException {
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder())))
        .isEqualTo("rwx------");
    try (Stream<Path> files = Files.list(folder().resolveSibling(""))) {
      assertThat(files.filter(file -> file.getFileName().toString().startsWith("onbehalf-")))
          .isNotEmpty()
          .allSatisfy(
              file ->
                  assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                      .isEqualTo("rwx------"));
    }
  }

  @Test
  void theOwnersSocketIsOutOfReachForAnotherUser() throws Exception {
    assumeTrue(
        "root".equals(System.getProperty("user.name"))
            && Files.isExecutable(Path.of("/usr/bin/setpriv"))
            && Files.isExecutable(Path.of("/usr/bin/psql")),
        "needs root, setpriv and psql");
    String query = "SELECT 'in as ' || current_user";
    List<String> logIn =
        List.of("psql", "-h", folder().toString(), "-U", "postgres", "-Atc", query, "postgres");

    assertThat(run(logIn)).contains("in as postgres"); // the owner, so the attack is well aimed
    assertThat(run(Stream.concat(asAnotherUser(), logIn.stream()).toList()))
        .contains("Permission denied")
        .doesNotContain("in as");
  }

  @Test
  void nothingPrintsASecret() {
    LakebaseLocal lakebase = LAKEBASE.get();
    String secret = Objects.requireNonNull(lakebase.environment().get("DATABRICKS_CLIENT_SECRET"));
    for (Object printed : List.of(lakebase, lakebase.faults(), lakebase.calls())) {
      assertThat(printed.toString()).doesNotContain(secret).doesNotContain(PASSWORD);
    }
    LocalSettings settings =
        new LocalSettings(
            List.of(),
            List.of(),
            Map.of("r", PASSWORD),
            "d",
            10,
            new MovableClock(),
            false,
            (role, password) -> false,
            LocalSettings.Ports.ANY,
            null,
            null,
            List.of());
    assertThat(settings.toString()).doesNotContain(PASSWORD);
  }

  private static Stream<String> asAnotherUser() {
    return Stream.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups");
  }

  private static String run(List<String> command) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    return new String(process.getInputStream().readAllBytes(), UTF_8);
  }

  private static Path folder() {
    return Path.of(Objects.requireNonNull(LAKEBASE.get().environment().get("PGSSLROOTCERT")))
        .resolveSibling("");
  }
}
