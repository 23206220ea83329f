package dev.onbehalf.lakebaselocal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.nimbusds.jose.util.JSONObjectUtils;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The program: {@code java -jar lakebase-local.jar}. */
class ProgramIT {
  private static final String ALICE = "alice@example.com";
  private static final String CAROL = "carol@example.com";
  private static final Path PSQL = Path.of("/usr/bin/psql");

  @Test
  void printsTheEnvironmentThatAnAppNeedsLetsPeopleInAndLeavesNothingBehind() throws Exception {
    try (Program program =
        Program.start("--users", ALICE + ",bob@example.com", "--people-without-role=" + CAROL)
            .awaitReady()) {
      assertThat(program.environment().keySet())
          .containsExactly(
              "PGHOST",
              "PGPORT",
              "PGDATABASE",
              "PGSSLMODE",
              "PGSSLROOTCERT",
              "LAKEBASE_ENDPOINT",
              "DATABRICKS_HOST",
              "DATABRICKS_CLIENT_ID",
              "DATABRICKS_CLIENT_SECRET");
      assertThat(program.environment()).containsEntry("PGSSLMODE", "require");
      if (Files.isExecutable(PSQL)) {
        credentialsLetTheirOwnersIn(program);
      }
      assertEndsWithoutRemains(program, "TERM");
    }
  }

  /** With a credential that was exchanged for a local token. */
  private static void credentialsLetTheirOwnersIn(Program program) throws Exception {
    assertThat(psql(program, ALICE, credential(program, ALICE)))
        .isEqualTo(ALICE + "|" + ALICE + "\n");
    assertThat(psql(program, ALICE, credential(program, "bob@example.com")))
        .contains("FATAL:  password authentication failed for user \"" + ALICE + "\"");
    assertThat(psql(program, CAROL, credential(program, CAROL)))
        .contains("FATAL:  role \"" + CAROL + "\" does not exist");
  }

  @Test
  void runsAsAUserWhoIsNotRoot() throws Exception {
    assumeTrue(
        "root".equals(System.getProperty("user.name"))
            && Files.isExecutable(Path.of("/usr/bin/setpriv")),
        "needs root and setpriv to become somebody else");
    // Somewhere that the other user can read, and write to: not below root's own folders.
    Path open = Files.createTempDirectory("it-");
    try {
      UserPrincipal nobody =
          open.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("nobody");
      Path jar = Files.copy(Program.jar(), open.resolve("lakebase-local.jar"));
      for (Path path : List.of(open, jar)) {
        Files.setOwner(path, nobody);
      }
      try (Program program =
          Program.start(
                  List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"),
                  List.of("-Djava.io.tmpdir=" + open, "-jar", jar.toString()),
                  "--users",
                  ALICE)
              .awaitReady()) {
        assertThat(Files.getOwner(program.folder())).isEqualTo(nobody);
        assertThat(credential(program, ALICE)).isNotEmpty();
        program.signal("TERM");
        assertThat(Remains.of(program.folder())).matches(Remains::isEmpty);
      }
    } finally {
      delete(open);
    }
  }

  @ParameterizedTest
  @CsvSource({"HUP, 1", "INT, 2"})
  void hasLeftNothingBehindWhenItEndsByAnotherPoliteSignal(String signal, int number)
      throws Exception {
    assumeFalse(isIgnored(number), "started with SIG" + signal + " ignored: so is the program");
    try (Program program = Program.start("--users", ALICE).awaitReady()) {
      assertEndsWithoutRemains(program, signal);
    }
  }

  /** A shell's background job ignores SIGINT and one of nohup SIGHUP, and so do their children. */
  private static boolean isIgnored(int signal) throws IOException {
    Path status = Path.of("/proc/self/status");
    if (!Files.exists(status)) {
      return false;
    }
    try (Stream<String> lines = Files.lines(status)) {
      return lines
          .filter(line -> line.startsWith("SigIgn:"))
          .map(line -> Long.parseUnsignedLong(line.substring("SigIgn:".length()).strip(), 16))
          .anyMatch(ignored -> (ignored >>> (signal - 1) & 1) == 1);
    }
  }

  private static void assertEndsWithoutRemains(Program program, String signal) throws Exception {
    assertThat(Remains.of(program.folder()).processes()).hasSizeGreaterThan(1);

    program.signal(signal);

    assertThat(Remains.of(program.folder())).matches(Remains::isEmpty);
    assertNothingListens(program);
  }

  @Test
  void leavesNothingBehindWhenItIsKilled() throws Exception {
    try (Program program = Program.start("--users", ALICE).awaitReady()) {
      program.signal("KILL");

      await()
          .atMost(Duration.ofSeconds(20))
          .untilAsserted(() -> assertThat(Remains.of(program.folder())).matches(Remains::isEmpty));
      assertNothingListens(program);
    }
  }

  @Test
  @Tag("long") // as the next: PostgreSQL is unpacked for it, several times
  void leavesNothingBehindWhenItIsKilledWhileItStartsForTheFirstTime(@TempDir Path temporary)
      throws Exception {
    for (String milestone : List.of("installation", "installation/cluster")) {
      killAt(milestone, temporary);
    }
  }

  @Test
  @Tag("long")
  void canBeStartedTwiceAtOnceForTheFirstTimeAndKilledWhileItStartsAgain(@TempDir Path temporary)
      throws Exception {
    List<String> java = List.of("-Djava.io.tmpdir=" + temporary, "-jar", Program.jar().toString());
    try (Program one = Program.start(List.of(), java, "--users", ALICE);
        Program other = Program.start(List.of(), java, "--users", ALICE)) {
      one.awaitReady();
      other.awaitReady();
      one.signal("TERM");

      assertThat(credential(other, ALICE)).isNotEmpty();
      if (Files.isExecutable(PSQL)) {
        assertThat(psql(other, ALICE, credential(other, ALICE))).startsWith(ALICE);
      }
    }
    for (String milestone : List.of("data", "data/postmaster.pid")) {
      killAt(milestone, temporary);
    }
  }

  private static void killAt(String milestone, Path temporary) throws Exception {
    try (Program program =
        Program.start(
            List.of(),
            List.of("-Djava.io.tmpdir=" + temporary, "-jar", Program.jar().toString()))) {
      await()
          .pollInterval(Duration.ofMillis(5))
          .atMost(Duration.ofMinutes(2))
          .until(
              () ->
                  instances(temporary).stream()
                      .anyMatch(instance -> Files.exists(instance.resolve(milestone))));
      program.signal("KILL");
    }
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(
            () -> {
              assertThat(instances(temporary)).as(milestone).isEmpty();
              assertThat(Remains.of(temporary).processes()).as(milestone).isEmpty();
            });
  }

  @Test
  void saysHowItIsUsed() throws Exception {
    Process help = run("--help");
    assertThat(output(help)).startsWith("Usage: ").contains("--users", "--people-without-role");
    assertThat(help.waitFor()).isZero();
  }

  @Test
  void explainsItselfWhenItIsMisused() throws Exception {
    Process process = run("--users=postgres");

    assertThat(output(process)).isEmpty();
    assertThat(new String(process.getErrorStream().readAllBytes(), UTF_8))
        .contains("postgres", "--help")
        .doesNotContain("Usage: ");
    assertThat(process.waitFor()).isEqualTo(2);
  }

  private static Process run(String argument) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-jar",
            Program.jar().toString(),
            argument)
        .start();
  }

  private static String output(Process process) throws IOException {
    return new String(process.getInputStream().readAllBytes(), UTF_8);
  }

  private static String psql(Program program, String role, String password) throws IOException {
    ProcessBuilder psql =
        new ProcessBuilder(PSQL.toString(), "-XAtc", "SELECT current_user, session_user");
    psql.environment().putAll(program.environment());
    psql.environment().put("PGUSER", role);
    psql.environment().put("PGPASSWORD", password);
    return output(psql.redirectErrorStream(true).start());
  }

  private static String credential(Program program, String user) throws Exception {
    String token =
        post(program, "/local/tokens", "", "{\"user\": \"" + user + "\"}", "access_token");
    return post(
        program,
        "/api/2.0/postgres/credentials",
        token,
        "{\"endpoint\": \"" + program.get("LAKEBASE_ENDPOINT") + "\"}",
        "token");
  }

  private static String post(
      Program program, String path, String token, String body, String answerField)
      throws Exception {
    HttpResponse<String> answer =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(URI.create(program.get("DATABRICKS_HOST") + path))
                    .header("Authorization", "Bearer " + token)
                    .POST(BodyPublishers.ofString(body))
                    .build(),
                BodyHandlers.ofString());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    Map<String, Object> fields = JSONObjectUtils.parse(answer.body());
    return (String) Objects.requireNonNull(fields.get(answerField));
  }

  private static void assertNothingListens(Program program) {
    for (int port :
        new int[] {
          Integer.parseInt(program.get("PGPORT")),
          URI.create(program.get("DATABRICKS_HOST")).getPort()
        }) {
      assertThatThrownBy(() -> new Socket(InetAddress.getLoopbackAddress(), port).close())
          .isInstanceOf(ConnectException.class);
    }
  }

  private static List<Path> instances(Path temporary) throws IOException {
    try (Stream<Path> files = Files.list(temporary)) {
      return files.filter(file -> file.getFileName().toString().startsWith("lakebase-")).toList();
    }
  }

  private static void delete(Path folder) throws IOException {
    List<Path> paths;
    try (Stream<Path> files = Files.walk(folder)) {
      paths = new ArrayList<>(files.toList());
    }
    for (int i = paths.size() - 1; i >= 0; i--) {
      Files.delete(paths.get(i));
    }
  }
}
