package dev.onbehalf.lakebaselocal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The program as a developer uses it, from its class files. */
class ProgramOptionsTest {
  private static final String ALICE = "alice@example.com";
  private static final Path PSQL = Path.of("/usr/bin/psql");

  /** Short, since a socket's path may not be long; nobody else's programs run there. */
  @TempDir Path temporary;

  private record Outcome(int status, String output, String errors) {}

  private List<String> java() {
    return List.of(
        "-Djava.io.tmpdir=" + System.getProperty("java.io.tmpdir"),
        "-cp",
        System.getProperty("java.class.path"),
        Main.class.getName());
  }

  private Program start(String... arguments) throws IOException {
    return Program.start(List.of(), java(), arguments).awaitReady();
  }

  /** Runs it to its end. */
  private Outcome run(Map<String, String> environment, String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-XX:TieredStopAtLevel=1");
    command.addAll(java());
    command.addAll(List.of(arguments));
    Path errors = Files.createTempFile(temporary, "errors", ".txt");
    ProcessBuilder builder = new ProcessBuilder(command).redirectError(errors.toFile());
    builder.environment().putAll(environment);
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    return new Outcome(process.waitFor(), output, Files.readString(errors));
  }

  @Test
  void theEnvironmentFileAndTheProxyAreThereWhileItRuns() throws Exception {
    Path file = temporary.resolve("lakebase.env");
    Path sql = Files.writeString(temporary.resolve("schema.sql"), "CREATE TABLE t (i int);");
    int port = freePort();
    try (Program program =
        start(
            "--users",
            ALICE,
            "--env-file=" + file,
            "--sql",
            sql.toString(),
            "--grant",
            "g",
            "--proxy",
            port + ":1")) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
          .isEqualTo("rw-------");
      Properties properties = new Properties();
      properties.load(Files.newBufferedReader(file)); // as Spring reads it
      assertThat(properties).containsExactlyInAnyOrderEntriesOf(Map.copyOf(program.environment()));

      if (Files.isExecutable(PSQL)) {
        String query = "SELECT current_user, pg_has_role('g', 'MEMBER')";
        Outcome alice = run(Map.of(), "psql", ALICE, "--env-file", file.toString(), "-XAtc", query);
        assertThat(alice).isEqualTo(new Outcome(0, ALICE + "|t\n", ""));

        Outcome sp =
            run(
                Map.of("PGUSER", "nobody", "PGHOST", "127.0.0.9", "PGOPTIONS", "-c nonsense=1"),
                "psql",
                "sp",
                "--env-file=" + file,
                "-XAtc",
                "SELECT current_user, count(*) FROM t");
        assertThat(sp.errors()).isEmpty();
        assertThat(sp.output()).isEqualTo(program.get("DATABRICKS_CLIENT_ID") + "|0\n");

        Outcome wrong = run(Map.of(), "psql", ALICE, "--env-file=" + file, "-XAtc", "SELECT 1 / 0");
        assertThat(wrong.status()).isEqualTo(1);
        assertThat(wrong.errors()).contains("division by zero");
      }
      Outcome mallory = run(Map.of(), "psql", "mallory@example.com", "--env-file=" + file);
      assertThat(mallory.status()).isEqualTo(1);
      assertThat(mallory.errors()).contains("Nobody here is called \"mallory@example.com\"");

      Outcome withoutPsql =
          run(Map.of("PATH", temporary.toString()), "psql", ALICE, "--env-file=" + file);
      assertThat(withoutPsql.status()).isEqualTo(127);
      assertThat(withoutPsql.errors()).contains("psql was not found", "postgresql-client");

      assertSignsIn(port);

      program.signal("TERM");
      assertThat(file).doesNotExist();
    }
    Outcome gone = run(Map.of(), "psql", ALICE, "--env-file=" + file);
    assertThat(gone.status()).isEqualTo(1);
    assertThat(gone.errors()).contains("can't be read");
  }

  private static int freePort() throws IOException {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return free.getLocalPort();
    }
  }

  /** At the proxy in front of an application. */
  private static void assertSignsIn(int port) throws Exception {
    URI uri = URI.create("http://localhost:" + port + "/local/sign-in");
    HttpResponse<String> signedIn =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(uri).POST(BodyPublishers.ofString("email=" + ALICE)).build(),
                BodyHandlers.ofString());
    assertThat(signedIn.statusCode()).isEqualTo(204);
  }

  @Test
  void dataOutliveAProgramThatIsKilledAndPsqlFindsThemByTheShellsEnvironment() throws Exception {
    assumeTrue(Files.isExecutable(PSQL), "needs psql");
    String data = "--data=" + temporary.resolve("data");
    String id;
    try (Program program = start("--users", ALICE, data)) {
      id = program.get("DATABRICKS_CLIENT_ID");
      Map<String, String> environment = program.environment();
      run(environment, "psql", "sp", "-XAtc", "CREATE TABLE kept (i int)");
      program.signal("KILL");
    }
    try (Program program = start(data)) {
      assertThat(program.get("DATABRICKS_CLIENT_ID")).isEqualTo(id);
      Map<String, String> environment = program.environment();
      Outcome outcome = run(environment, "psql", "sp", "-XAtc", "SELECT count(*) FROM kept");
      assertThat(outcome).isEqualTo(new Outcome(0, "0\n", ""));
      program.signal("TERM");
      assertThat(run(environment, "psql", ALICE).errors()).contains("lakebase-local does not run");
    }
  }

  @Test
  void aFileThatSomebodyElseWroteIsNotOverwritten() throws Exception {
    Path file = Files.writeString(temporary.resolve(".env"), "API_KEY=mine\n");
    Outcome outcome = run(Map.of(), "--env-file", file.toString());
    assertThat(outcome.status()).isEqualTo(1);
    assertThat(outcome.errors()).contains("lakebase-local has not written it");
    assertThat(Files.readString(file)).isEqualTo("API_KEY=mine\n");
  }

  @Test
  void aPortThatIsTakenIsSaidInOneLine() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      for (String option :
          List.of(
              "--port=" + taken.getLocalPort(),
              "--workspace-port=" + taken.getLocalPort(),
              "--proxy=" + taken.getLocalPort() + ":9090")) {
        Outcome outcome = run(Map.of(), option);
        assertThat(outcome.status()).isEqualTo(1);
        assertThat(outcome.output()).isEmpty();
        assertThat(outcome.errors().lines()).hasSize(1);
        assertThat(outcome.errors()).contains("Port " + taken.getLocalPort());
      }
    }
  }

  @Test
  void theHintCanBePasted() throws Exception {
    Options options = Options.parse(List.of("--users", "o'brien@example.com"));
    try (LakebaseLocal lakebase = options.lakebase().start()) {
      String hint = new Hint(lakebase, options).text();
      Path script = Files.writeString(temporary.resolve("hint.sh"), firstCommand(hint));
      Process shell = new ProcessBuilder("sh", script.toString()).start();
      assertThat(new String(shell.getInputStream().readAllBytes(), UTF_8))
          .contains("\"access_token\"");
      assertThat(hint).contains("psql 'o'\\''brien@example.com'");
    }
  }

  @Test
  void whoStartsWithoutPeopleIsToldSo() throws Exception {
    Options options = Options.parse(List.of());
    try (LakebaseLocal lakebase = options.lakebase().start()) {
      String hint = new Hint(lakebase, options).text();
      assertThat(hint).startsWith("# Nobody has a role here.").contains("--users");
      Path script = Files.writeString(temporary.resolve("hint.sh"), firstCommand(hint));
      assertThat(new ProcessBuilder("sh", script.toString()).start().waitFor()).isZero();
      assertThat(lakebase.users()).containsExactly(ALICE);
    }
  }

  private static String firstCommand(String hint) {
    return hint.lines().filter(line -> line.startsWith("curl")).findFirst().orElseThrow();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--no-such-option",
        "alice@example.com",
        "--users",
        "--users=",
        "--users=a,,b",
        "--users=a,a",
        "--users=postgres",
        "--max-connections=many",
        "--max-connections=0",
        "--database=",
        "--port=0",
        "--port=x",
        "--workspace-port=65536",
        "--env-file=",
        "--data=",
        "--sql=/no/such/file",
        "--proxy=8080",
        "--proxy=8080:8080",
        "--proxy=8080:9090:1",
        "--proxy=:9090"
      })
  void whatCannotBeUnderstoodIsSaid(String option) {
    // What Main answers with a hint at the usage.
    assertThatThrownBy(() -> Options.parse(List.of(option)).lakebase().start())
        .isInstanceOfAny(UsageException.class, IllegalArgumentException.class);
  }

  @Test
  void whatCannotBeUnderstoodIsNamed() {
    assertThatThrownBy(() -> Options.parse(List.of("--proxy=8080")))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("--proxy needs");
    assertThatThrownBy(() -> Options.parse(List.of("--workspace-port=65536")))
        .hasMessageContaining("--workspace-port needs a port from 1 to 65535, not 65536");
  }

  /** The text of all options would push it off the screen. */
  @Test
  void whatCannotBeUnderstoodIsSaidInALineAndWhereTheRestStandsInAnother() throws Exception {
    Map<String, String> words =
        Map.of(
            "--max-connections=0", "PostgreSQL's max_connections must be 4 to 10,000, but is 0",
            "--no-such-option", "Unknown argument: --no-such-option",
            "psql", "psql needs a person's name");
    for (String wrong : words.keySet()) {
      Outcome outcome = run(Map.of(), wrong);
      assertThat(outcome.status()).isEqualTo(2);
      assertThat(outcome.output()).isEmpty();
      assertThat(outcome.errors().lines()).hasSize(2);
      assertThat(outcome.errors()).startsWith(words.get(wrong)).endsWith(" --help\n");
    }
  }

  @Test
  void aFileThatCannotBeReadIsSaidInWords() throws Exception {
    Path latin = Files.write(temporary.resolve("latin.sql"), new byte[] {'-', '-', (byte) 0xe9});
    for (String file : List.of("/no/such/file", temporary.toString(), latin.toString())) {
      for (String option : List.of("--sql", "--admin-sql")) {
        assertThatThrownBy(() -> Options.parse(List.of(option, file)))
            .isInstanceOf(UsageException.class)
            .message()
            .startsWith(option + " " + file + " can't be read: ")
            .doesNotContain("Exception");
      }
    }
    Outcome gone = run(Map.of(), "psql", ALICE, "--env-file=/no/such/file");
    assertThat(gone.errors()).contains("can't be read: ").doesNotContain("Exception");
  }

  @Test
  void psqlNeedsANameAndPassesOnWhatIsNotOurs() throws Exception {
    assertThatThrownBy(() -> PsqlCommand.parse(List.of())).isInstanceOf(UsageException.class);
    assertThatThrownBy(() -> PsqlCommand.parse(List.of("-c", "x")))
        .isInstanceOf(UsageException.class);
    assertThat(PsqlCommand.parse(List.of("--env-file", "f", "sp", "-c", "SELECT 1", "--help")))
        .isEqualTo(new PsqlCommand("sp", Path.of("f"), List.of("-c", "SELECT 1", "--help")));
  }

  @Test
  void noneAndSeveralInstancesAreSaid() throws Exception {
    assertThatThrownBy(() -> RunningInstances.only(temporary))
        .hasMessageContaining("No lakebase-local of yours runs here");
    for (String name : List.of("lakebase-1", "lakebase-2")) {
      Path folder = Files.createDirectory(temporary.resolve(name));
      Files.writeString(RunningInstances.fileIn(folder), "# x\nPGHOST=localhost\n");
      if (name.endsWith("1")) {
        assertThat(RunningInstances.only(temporary)).isEqualTo(Map.of("PGHOST", "localhost"));
      }
    }
    assertThatThrownBy(() -> RunningInstances.only(temporary)).hasMessageContaining("2 lakebase");
  }
}
