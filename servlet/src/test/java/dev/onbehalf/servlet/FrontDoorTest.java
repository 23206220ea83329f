package dev.onbehalf.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.filter.ThresholdFilter;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.OutputStreamAppender;
import dev.onbehalf.identity.AccessTokenCredentials;
import dev.onbehalf.identity.ClientCredentials;
import dev.onbehalf.identity.DatabaseCredential;
import dev.onbehalf.identity.DatabaseSettings;
import dev.onbehalf.identity.JwtIdentityVerifier;
import dev.onbehalf.identity.OAuthClient;
import dev.onbehalf.identity.OnBehalfDatabase;
import dev.onbehalf.identity.Platform;
import dev.onbehalf.identity.RoleNames;
import dev.onbehalf.identity.TokenExchange;
import dev.onbehalf.identity.UserinfoIdentityVerifier;
import dev.onbehalf.lakebase.Lakebase;
import dev.onbehalf.lakebase.LakebaseSettings;
import dev.onbehalf.lakebaselocal.LakebaseLocal;
import dev.onbehalf.pool.PoolStatistics;
import dev.onbehalf.pool.Secret;
import dev.onbehalf.servlet.RawHttp.Answer;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

/** The attacks on an application without a framework, on Jetty, for each way in that there is. */
@ParameterizedClass
@EnumSource(FrontDoorTest.Way.class)
@Timeout(120)
class FrontDoorTest extends FrontDoorAttacks {
  /** Whom the local issuer's access tokens are for. */
  private static final String AUDIENCE = "7405605519549535";

  private static final ByteArrayOutputStream LOG = new ByteArrayOutputStream();
  private static final ByteArrayOutputStream WARNINGS = new ByteArrayOutputStream();
  private static LakebaseLocal local;

  @SuppressWarnings("NullAway.Init") // each way has its own, opened before its tests
  private static OnBehalfDatabase database;

  @SuppressWarnings("NullAway.Init")
  private static Shopfront shop;

  private final Way way;

  FrontDoorTest(Way way) {
    this.way = way;
  }

  /** How people are proved, and what they log in with. */
  enum Way {
    WORKSPACE,
    JWT_AND_ACCESS_TOKEN,
    USERINFO_AND_TOKEN_EXCHANGE,
    JWT_AND_ON_BEHALF_OF,
    USERINFO_AND_BEAN,
    JWT_AND_SHORT_ROLES
  }

  @BeforeAll
  static void start() throws SQLException {
    logEverything();
    local =
        LakebaseLocal.builder()
            .takesAccessTokens(true)
            .user(ALICE)
            .user(BOB)
            .passwordRole("alice", "password of alice")
            .passwordRole("bob", "password of bob")
            .sql("CREATE TABLE vault (secret text)")
            .start();
    try (Connection connection = local.superuser().getConnection();
        Statement statement = connection.createStatement()) {
      for (String role :
          List.of("alice", "bob")) { // made for an application, and so with its rights
        statement.execute("REVOKE \"%s\" FROM %s".formatted(local.servicePrincipal(), role));
      }
    }
  }

  private static void logEverything() {
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    context.reset();
    Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
    root.addAppender(appender(context, LOG, Level.TRACE));
    root.addAppender(appender(context, WARNINGS, Level.INFO));
    root.setLevel(Level.TRACE);
    context.getLogger("org.eclipse.jetty").setLevel(Level.INFO); // it shows all bytes at DEBUG
  }

  private static OutputStreamAppender<ILoggingEvent> appender(
      LoggerContext context, ByteArrayOutputStream to, Level from) {
    PatternLayoutEncoder encoder = new PatternLayoutEncoder();
    encoder.setContext(context);
    encoder.setPattern("%logger %msg%n%ex");
    encoder.start();
    ThresholdFilter filter = new ThresholdFilter();
    filter.setLevel(from.toString());
    filter.start();
    OutputStreamAppender<ILoggingEvent> appender = new OutputStreamAppender<>();
    appender.setContext(context);
    appender.setEncoder(encoder);
    appender.addFilter(filter);
    appender.setOutputStream(to);
    appender.start();
    return appender;
  }

  @AfterAll
  static void stop() {
    local.close();
  }

  @BeforeParameterizedClassInvocation
  static void open(Way way) throws Exception {
    database = OnBehalfDatabase.of(settings(way), platform(way));
    shop = new Shopfront(database);
  }

  @AfterParameterizedClassInvocation
  static void close() throws Exception {
    shop.close();
    database.close();
  }

  private static DatabaseSettings settings(Way way) {
    DatabaseSettings.Builder builder =
        DatabaseSettings.builder()
            .environment(local.environment())
            .connectionTimeout(Duration.ofSeconds(30));
    if (way != Way.WORKSPACE) {
      builder.variable("PGUSER", variable("DATABRICKS_CLIENT_ID"));
    }
    if (way == Way.JWT_AND_SHORT_ROLES) {
      builder.roleNames(RoleNames.ofAddress().withoutDomain("example.com"));
    }
    return builder.build();
  }

  private static Platform platform(Way way) {
    String issuer = variable("DATABRICKS_HOST") + "/oidc";
    OAuthClient client =
        OAuthClient.of(
            issuer,
            variable("DATABRICKS_CLIENT_ID"),
            Secret.of(variable("DATABRICKS_CLIENT_SECRET")));
    JwtIdentityVerifier jwt = new JwtIdentityVerifier(issuer, Set.of(AUDIENCE), "email");
    UserinfoIdentityVerifier userinfo = new UserinfoIdentityVerifier(issuer, "email");
    ClientCredentials own = new ClientCredentials(client, Set.of("database"), Set.of());
    return switch (way) {
      case WORKSPACE -> Lakebase.of(LakebaseSettings.fromEnvironment(local.environment()));
      case JWT_AND_ACCESS_TOKEN -> Platform.of(jwt, new AccessTokenCredentials(), own);
      case USERINFO_AND_TOKEN_EXCHANGE ->
          Platform.of(userinfo, TokenExchange.of(client, Set.of("database"), Set.of()), own);
      case JWT_AND_ON_BEHALF_OF ->
          Platform.of(jwt, TokenExchange.onBehalfOf(client, Set.of("postgres")), own);
      case USERINFO_AND_BEAN ->
          Platform.of(
              userinfo,
              (user, token) ->
                  new DatabaseCredential(
                      Secret.of(local.databaseCredential(user, Duration.ofHours(1))), Instant.MAX),
              own);
      case JWT_AND_SHORT_ROLES ->
          Platform.of(
              jwt,
              (user, token) ->
                  new DatabaseCredential(Secret.of("password of " + user), Instant.MAX),
              own);
    };
  }

  private static String variable(String name) {
    return Objects.requireNonNull(local.environment().get(name));
  }

  @Override
  protected LakebaseLocal local() {
    return local;
  }

  @Override
  protected int port() {
    return shop.port();
  }

  @Override
  protected PoolStatistics statistics() {
    return database.statistics();
  }

  @Override
  protected String logged() {
    return LOG.toString(StandardCharsets.UTF_8);
  }

  @Override
  protected String loggedByDefault() {
    return WARNINGS.toString(StandardCharsets.UTF_8);
  }

  @Override
  protected String role(String person) {
    return way == Way.JWT_AND_SHORT_ROLES ? person.split("@", 2)[0] : person;
  }

  @Test
  void aDispatchToAnotherThreadIsThePersonsStill() {
    assertThat(as(ALICE, "GET /elsewhere").text()).endsWith(SERVED + role(ALICE));
  }

  @Test
  void aThreadOfTheApplicationsOwnIsNobodys() {
    assertThat(as(ALICE, "GET /nobody").text()).contains("28000 Nobody is bound to this thread");
  }

  @Test
  void whatPostgresRefusesIsAProblemThatSaysWhatIsMissing() {
    Answer answer = as(ALICE, "GET /forbidden");
    assertThat(answer.status()).isEqualTo(403);
    assertThat(answer.text())
        .contains("urn:onbehalf:problem:permission-denied")
        .contains("What is missing is SELECT on TABLE \\\"vault\\\"");
  }

  /** It could be the application's own query that lacks a right, which people should not get. */
  @Test
  void nobodyIsNamedToWhomARightShouldBeGiven() {
    assertThat(as(ALICE, "GET /admin/forbidden").text())
        .contains("urn:onbehalf:problem:permission-denied")
        .doesNotContain("GRANT")
        .doesNotContain(role(ALICE));
  }

  @Test
  void afterTheirSignOutAPersonIsProvedAnew() {
    String header = identity(ALICE, token(ALICE));
    assertThat(RawHttp.send(port(), "GET /who", header).status()).isEqualTo(200);
    database.revoke(role(ALICE));
    assertThat(database.statisticsByUser())
        .noneMatch(it -> it.user().equals(role(ALICE)) && it.idle() > 0);
    assertThat(RawHttp.send(port(), "GET /who", header).status()).isEqualTo(200);
  }

  @Test
  void noSecretIsLoggedWhileTokensAreExchangedAndRefused() {
    as(ALICE, "GET /who");
    as(BOB, "GET /who");
    assertThat(logged())
        .contains("dev.onbehalf")
        .doesNotContain(variable("DATABRICKS_CLIENT_SECRET"))
        .doesNotContain("password of alice")
        .doesNotContain("Bearer ey");
  }
}
