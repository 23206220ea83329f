package dev.onbehalf.playground.real;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.onbehalf.lakebaselocal.LakebaseLocal;
import dev.onbehalf.playground.PlaygroundApplication;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.springframework.util.FileSystemUtils;

/**
 * All of it, each a process of its own on loopback:
 *
 * <pre>
 *   Chromium --> Apache, mod_auth_openidc --> playground --> login check, PostgreSQL
 *       |            |                          |                |
 *       +------------+----- Keycloak -----------+----------------+
 * </pre>
 *
 * What they print stays in {@code target/real}.
 */
final class Chain implements AutoCloseable {
  static final String ALICE = "alice@example.com";
  static final String BOB = "bob@example.com";
  static final String CAROL = "carol@example.com";
  static final String MALLORY = "mallory@example.com";

  private static final Path LOGS = Path.of("target", "real").toAbsolutePath();
  private static final List<String> TRACED =
      List.of(
          "root",
          "com.nimbusds",
          "dev.onbehalf",
          "org.apache",
          "org.apache.catalina",
          "org.postgresql",
          "org.springframework",
          "org.springframework.boot.tomcat",
          "org.springframework.boot.web",
          "org.springframework.web.servlet");

  private final int proxyPort = Program.freePort();
  private final int shortPort = Program.freePort();
  private final int keycloakPort = Program.freePort();
  private final int jwtPort = Program.freePort();
  private final int userinfoPort = Program.freePort();
  private final Deque<AutoCloseable> parts = new ArrayDeque<>();

  final Keycloak keycloak;
  final LakebaseLocal database;
  final Program byJwt;
  final Program byUserinfo;

  /** Starts all, which takes a minute. */
  Chain() {
    try {
      Files.createDirectories(LOGS);
      Path folder = folder();
      keycloak =
          opened(
              new Keycloak(
                  Path.of(System.getProperty("keycloak.home", "")),
                  keycloakPort,
                  resource("keycloak.json", folder),
                  log("keycloak")));
      database = database();
      keycloak.started();
      Program apache = apache(folder);
      byJwt =
          playground(
              "by-jwt",
              jwtPort,
              "onbehalf.identity.verifier=jwt",
              "onbehalf.identity.jwt.issuer=" + keycloak.issuer(),
              "onbehalf.identity.jwt.audiences=shop",
              "onbehalf.identity.jwt.authorized-parties=shop-proxy");
      byUserinfo =
          playground(
              "by-userinfo",
              userinfoPort,
              "onbehalf.identity.verifier=userinfo",
              "onbehalf.identity.userinfo.issuer=" + keycloak.issuer());
      apache.listeningAt(proxyPort);
    } catch (IOException e) {
      close();
      throw new UncheckedIOException(e);
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /** For Apache's files; its own user has to find them. */
  private Path folder() throws IOException {
    Path folder = Files.createTempDirectory("real");
    parts.push(() -> FileSystemUtils.deleteRecursively(folder));
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    return folder;
  }

  private LakebaseLocal database() {
    KeycloakLogins logins = new KeycloakLogins(keycloak.issuer());
    LakebaseLocal started =
        opened(
            LakebaseLocal.builder()
                .user(ALICE)
                .user(BOB)
                .user(CAROL)
                .user(MALLORY)
                .grant("raw_example_users")
                .logins(logins)
                .start());
    logins.ownRole(started.servicePrincipal());
    return started;
  }

  private Program apache(Path folder) throws IOException {
    Files.deleteIfExists(log("apache"));
    Path configuration = folder.resolve("httpd.conf");
    Files.writeString(configuration, resource("httpd.conf", folder));
    return opened(
        new Program(
            log("apache-start"),
            Map.of(),
            List.of("/usr/sbin/apache2", "-f", configuration.toString(), "-DFOREGROUND")));
  }

  private Program playground(String name, int port, String... settings) {
    Map<String, String> variables = database.environment();
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                PlaygroundApplication.class.getName(),
                "--server.port=" + port,
                "--server.address=127.0.0.1",
                "--onbehalf.debug-token.enabled=true",
                "--onbehalf.pool.connection-timeout=30s",
                "--logging.pattern.console=%level %logger %msg %kvp %mdc%n%xEx",
                "--PGUSER=" + database.servicePrincipal(),
                "--onbehalf.credentials=token-exchange",
                "--onbehalf.token-exchange.issuer=" + keycloak.issuer(),
                "--onbehalf.token-exchange.client-id=shop",
                "--onbehalf.token-exchange.client-secret=of-the-shop",
                "--onbehalf.token-exchange.audiences=shop-database"));
    for (String variable :
        List.of("PGHOST", "PGPORT", "PGDATABASE", "PGSSLMODE", "PGSSLROOTCERT")) {
      command.add("--%s=%s".formatted(variable, variables.get(variable)));
    }
    TRACED.forEach(logger -> command.add("--logging.level.%s=TRACE".formatted(logger)));
    Stream.of(settings).map("--"::concat).forEach(command::add);
    return opened(new Program(log(name), Map.of(), command)).listeningAt(port);
  }

  private static Path log(String name) {
    return LOGS.resolve(name + ".log");
  }

  private <T extends AutoCloseable> T opened(T part) {
    parts.push(part);
    return part;
  }

  private String resource(String name, Path folder) throws IOException {
    Map<String, Object> values =
        Map.of(
            "FOLDER", folder,
            "LOG", log("apache"),
            "MODULES", "/usr/lib/apache2/modules",
            "PROXY", proxyPort,
            "SHORT", shortPort,
            "KEYCLOAK", keycloakPort,
            "APPLICATION", jwtPort,
            "BY_USERINFO", userinfoPort);
    try (InputStream in = Chain.class.getResourceAsStream("/real/" + name)) {
      String text = new String(Objects.requireNonNull(in).readAllBytes(), UTF_8);
      for (Map.Entry<String, Object> value : values.entrySet()) {
        text = text.replace("@" + value.getKey() + "@", value.getValue().toString());
      }
      return text;
    }
  }

  /** Where people go. */
  String proxy() {
    return "http://localhost:" + proxyPort;
  }

  /** Where nobody stays for long. */
  String shortProxy() {
    return "http://localhost:" + shortPort;
  }

  /** The application, for who has come past the proxy. */
  URI behindTheProxy(String path) {
    return URI.create("http://127.0.0.1:" + jwtPort + path);
  }

  /** The other one. */
  URI userinfoBehindTheProxy(String path) {
    return URI.create("http://127.0.0.1:" + userinfoPort + path);
  }

  @Override
  public void close() {
    for (AutoCloseable part = parts.poll(); part != null; part = parts.poll()) {
      try {
        part.close();
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
