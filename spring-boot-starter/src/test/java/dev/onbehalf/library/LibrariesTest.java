package dev.onbehalf.library;

import static dev.onbehalf.spring.SharedLakebase.ALICE;
import static dev.onbehalf.spring.SharedLakebase.BOB;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.onbehalf.identity.DatabaseSettings;
import dev.onbehalf.identity.OnBehalfDatabase;
import dev.onbehalf.spring.OnBehalf;
import dev.onbehalf.spring.SharedLakebase;
import dev.onbehalf.spring.TestApplication;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.batch.core.BatchStatus;
import org.springframework.batch.core.job.Job;
import org.springframework.batch.core.job.parameters.JobParameters;
import org.springframework.batch.core.launch.JobOperator;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.modulith.events.CompletedEventPublications;

/**
 * Libraries that keep tables of their own, in one application with people's requests: they work as
 * the service principal, and people's rows stay theirs.
 */
class LibrariesTest {
  private static final Duration BOUND = Duration.ofSeconds(20);

  private static final String TABLES =
      """
      CREATE TABLE public.shedlock (
        name varchar(64) PRIMARY KEY,
        lock_until timestamp NOT NULL,
        locked_at timestamp NOT NULL,
        locked_by varchar(255) NOT NULL);
      CREATE TABLE public.note (text text NOT NULL, owner text NOT NULL DEFAULT current_user);
      ALTER TABLE public.note ENABLE ROW LEVEL SECURITY;
      CREATE POLICY own ON public.note USING (owner = current_user);
      """;

  /** Other tests' applications find the database as it was. */
  private static final String OURS =
      """
      SELECT 'DROP %s ' || %s || ' CASCADE' FROM %s
      WHERE %s ~ '^(batch_|qrtz_|spring_session|event_publication|shedlock|note)'
      """;

  private static final DataSource SUPERUSER = SharedLakebase.get().superuser();
  private static TestApplication application;

  @BeforeAll
  static void start() {
    try (OnBehalfDatabase lakebase = OnBehalfDatabase.of(settings(), SharedLakebase.platform())) {
      new JdbcTemplate(lakebase.servicePrincipal()).execute(TABLES);
    }
    new JdbcTemplate(SUPERUSER)
        .execute("GRANT ALL ON note TO \"%s\", \"%s\"".formatted(ALICE, BOB));
    application =
        new TestApplication(
            NotesApplication.class,
            LibrariesOnRequest.ON,
            "spring.batch.job.enabled=false",
            "spring.batch.jdbc.initialize-schema=always",
            "spring.quartz.job-store-type=jdbc",
            "spring.quartz.jdbc.initialize-schema=always",
            "spring.session.jdbc.initialize-schema=always",
            "spring.modulith.events.jdbc.schema-initialization.enabled=true");
  }

  private static DatabaseSettings settings() {
    return DatabaseSettings.builder()
        .environment(SharedLakebase.get().environment())
        .connectionTimeout(Duration.ofMinutes(1))
        .build();
  }

  @AfterAll
  static void stop() {
    application.close();
    JdbcTemplate superuser = new JdbcTemplate(SUPERUSER);
    all(OURS.formatted("TABLE", "tablename", "pg_tables", "tablename")).forEach(superuser::execute);
    all(OURS.formatted("SEQUENCE", "sequencename", "pg_sequences", "sequencename"))
        .forEach(superuser::execute);
  }

  @AfterEach
  void nothingIsLeft() {
    await()
        .atMost(BOUND)
        .until(() -> application.bean(OnBehalfDatabase.class).statistics().inUse() == 0);
    new JdbcTemplate(SUPERUSER).execute("DELETE FROM note");
    assertThat(application.bean(OnBehalf.class).currentUser()).isEmpty();
  }

  private static String get(String user, String path) {
    HttpResponse<String> response = application.send(application.as(user, path));
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return response.body();
  }

  private static HttpResponse<String> post(String user, String path) {
    return application.send(application.as(user, path).POST(BodyPublishers.noBody()));
  }

  private static String posted(String user, String path) {
    HttpResponse<String> response = post(user, path);
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return response.body();
  }

  private static List<String> all(String sql) {
    return JdbcClient.create(SUPERUSER).sql(sql).query(String.class).list();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "batch_job_execution",
        "batch_step_execution",
        "qrtz_job_details",
        "qrtz_triggers",
        "spring_session",
        "event_publication",
        "shedlock"
      })
  void tablesAreTheServicePrincipalsAndNoPersonReachesThem(String table) {
    assertThat(all("SELECT tableowner FROM pg_tables WHERE tablename = '%s'".formatted(table)))
        .containsExactly(SharedLakebase.get().servicePrincipal());
    OnBehalf onBehalf = application.bean(OnBehalf.class);
    JdbcTemplate people = new JdbcTemplate(onBehalf.dataSource());
    assertThatThrownBy(
            () ->
                onBehalf.asUser(
                    SharedLakebase.identity(ALICE),
                    () -> people.queryForList("SELECT * FROM " + table)))
        .hasRootCauseMessage("ERROR: permission denied for table " + table);
  }

  @Test
  void aJobThatAPersonStartsWritesTheirRowsAndIsKeptByTheServicePrincipal() {
    assertThat(posted(ALICE, "/report")).isEqualTo("COMPLETED");
    assertThat(posted(BOB, "/report")).isEqualTo("COMPLETED");
    assertThat(get(ALICE, "/notes")).isEqualTo("[\"report\"]");
    assertThat(all("SELECT owner FROM note ORDER BY owner")).containsExactly(ALICE, BOB);
    assertThat(all("SELECT status FROM batch_job_execution")).contains("COMPLETED", "COMPLETED");
  }

  @Test
  void aJobThatNobodyStartsRunsAsTheServicePrincipalWhereItSaysSo() throws Exception {
    posted(ALICE, "/report");
    posted(BOB, "/report");
    assertThat(
            application
                .bean(JobOperator.class)
                .start(application.bean("nightly", Job.class), new JobParameters())
                .getStatus())
        .isEqualTo(BatchStatus.COMPLETED);
    assertThat(NotesApplication.COUNTED.poll()).isEqualTo(2);
  }

  @Test
  void aJobThatAPersonSchedulesRunsOnBehalfOfNobody() throws InterruptedException {
    posted(ALICE, "/remind");
    String servicePrincipal = SharedLakebase.get().servicePrincipal();
    assertThat(NotesApplication.RAN_AS.poll(BOUND.toSeconds(), TimeUnit.SECONDS))
        .isEqualTo(servicePrincipal + " for nobody");
    await().atMost(BOUND).until(() -> all("SELECT trigger_name FROM qrtz_triggers").isEmpty());
  }

  @Test
  void sessionsAreKept() {
    HttpResponse<String> first = application.send(application.as(ALICE, "/visit"));
    assertThat(first.body()).isEqualTo("1");
    String cookie = first.headers().firstValue("Set-Cookie").orElseThrow().split(";", 2)[0];
    assertThat(cookie).startsWith("SESSION=");
    assertThat(application.send(application.as(ALICE, "/visit").header("Cookie", cookie)).body())
        .isEqualTo("2");
    assertThat(application.send(application.as(BOB, "/visit").header("Cookie", cookie)).body())
        .isEqualTo("1");
  }

  @Test
  void anEventIsHeardAsThePersonAndItsPublicationIsKeptByTheServicePrincipal() {
    posted(ALICE, "/notes?text=tea");
    posted(BOB, "/notes?text=coffee");
    await()
        .atMost(BOUND)
        .until(
            () ->
                all("SELECT id::text FROM event_publication WHERE completion_date IS NOT NULL")
                        .size()
                    >= 2);
    assertThat(get(ALICE, "/notes")).isEqualTo("[\"heard tea\",\"tea\"]");
    assertThat(get(BOB, "/notes")).isEqualTo("[\"coffee\",\"heard coffee\"]");
  }

  @Test
  void publicationsAreTidiedUpWhereNobodyIsBound() {
    posted(BOB, "/notes?text=old");
    String old = "SELECT id::text FROM event_publication WHERE serialized_event LIKE '%old%'";
    await().atMost(BOUND).until(() -> all(old + " AND completion_date IS NOT NULL").size() == 1);
    application.bean(CompletedEventPublications.class).deletePublications(done -> true);
    assertThat(all(old)).isEmpty();
  }

  @Test
  void whatIsPublishedInWorkThatIsRolledBackLeavesNothing() {
    assertThat(post(ALICE, "/notes?text=wrong").statusCode()).isEqualTo(500);
    assertThat(get(ALICE, "/notes")).isEqualTo("[]");
    assertThat(all("SELECT id::text FROM event_publication WHERE serialized_event LIKE '%wrong%'"))
        .isEmpty();
  }

  @Test
  void aLockIsEverybodys() {
    assertThat(posted(ALICE, "/locked")).isEqualTo("locked");
    assertThat(posted(BOB, "/locked")).isEqualTo("held");
    assertThat(all("SELECT name FROM shedlock")).containsExactly("nightly");
  }
}
