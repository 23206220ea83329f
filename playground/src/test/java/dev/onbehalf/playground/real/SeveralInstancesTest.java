package dev.onbehalf.playground.real;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.onbehalf.lakebaselocal.LakebaseLocal;
import dev.onbehalf.playground.PlaygroundApplication;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Three playgrounds on one database, as {@code docs/fleet.md} has it; run by {@code ./check real}.
 */
@Tag("real")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class SeveralInstancesTest {
  private static final List<String> PEOPLE =
      IntStream.range(0, 12).mapToObj("person%s@example.com"::formatted).toList();
  private static final String PRODUCT =
      "{\"name\": \"Tea\", \"category\": \"Test\", \"price\": 1.5, \"stock\": 2}";

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final List<Integer> ports =
      IntStream.range(0, 3).map(i -> Program.freePort()).boxed().toList();
  private final List<Program> instances = new ArrayList<>();
  private LakebaseLocal database;
  private Map<String, String> tokens;

  @BeforeAll
  void start() throws IOException {
    LakebaseLocal.Builder builder = LakebaseLocal.builder();
    PEOPLE.forEach(builder::user);
    database = builder.grant("raw_example_users").start();
    tokens = new TreeMap<>();
    PEOPLE.forEach(it -> tokens.put(it, database.accessToken(it, Duration.ofHours(1))));
    for (int i = 0; i < ports.size(); i++) {
      instances.add(instance(i));
    }
    for (int i = 0; i < ports.size(); i++) {
      awaitServing(i);
    }
  }

  @AfterAll
  void stop() {
    instances.forEach(Program::close);
    database.close();
  }

  private Program instance(int number) throws IOException {
    return new Program(
        Files.createDirectories(Path.of("target", "real")).resolve("instance-" + number + ".log"),
        database.environment(),
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-cp",
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
            PlaygroundApplication.class.getName(),
            "--server.port=" + ports.get(number),
            "--server.address=127.0.0.1",
            "--onbehalf.pool.connection-timeout=30s"));
  }

  private void awaitServing(int number) {
    instances.get(number).listeningAt(ports.get(number));
    await()
        .atMost(Duration.ofMinutes(2))
        .until(() -> send(ports.get(number), PEOPLE.get(0), false).statusCode() == 200);
  }

  private HttpResponse<String> send(int port, String person, boolean writes)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:%s%s".formatted(port, Visitor.MINE)))
            .timeout(Duration.ofSeconds(60))
            .header("Cookie", "session=" + person.hashCode())
            .header("X-Forwarded-Email", person)
            .header("X-Forwarded-Access-Token", tokens.get(person));
    if (writes) {
      request.header("Content-Type", "application/json").POST(BodyPublishers.ofString(PRODUCT));
    }
    return http.send(request.build(), BodyHandlers.ofString());
  }

  /** Which instance answers each person. */
  private Map<String, String> homes(int port) throws Exception {
    Map<String, String> homes = new TreeMap<>();
    for (String person : PEOPLE) {
      HttpResponse<String> response = send(port, person, false);
      assertThat(response.statusCode()).isEqualTo(200);
      homes.put(person, response.headers().firstValue("X-Instance").orElseThrow());
    }
    return homes;
  }

  @ParameterizedTest
  @EnumSource(Balancer.Kind.class)
  void aPersonsRequestsMeetTheSameInstanceAndOthersStayWhenOneGoes(Balancer.Kind kind)
      throws Exception {
    try (Balancer balancer = new Balancer(kind, ports)) {
      for (int port : List.of(balancer.byPerson(), balancer.bySession())) {
        Map<String, String> homes = homes(port);
        assertThat(homes.values().stream().distinct()).hasSizeGreaterThan(1);
        assertThat(homes(port)).isEqualTo(homes);
        balancer.drain(1);
        Map<String, String> without = homes(port);
        String gone = nameOf(kind, 1);
        assertThat(without.values()).doesNotContain(gone);
        for (String person : PEOPLE) {
          if (!gone.equals(homes.get(person))) {
            assertThat(without.get(person)).as(person).isEqualTo(homes.get(person));
          }
        }
        balancer.resume(1);
        await().untilAsserted(() -> assertThat(homes(port)).isEqualTo(homes));
      }
    }
  }

  private String nameOf(Balancer.Kind kind, int instance) {
    return kind == Balancer.Kind.NGINX
        ? "127.0.0.1:" + ports.get(instance)
        : String.valueOf((char) ('a' + instance));
  }

  @ParameterizedTest
  @EnumSource(Balancer.Kind.class)
  void oneInstanceAfterTheOtherIsRestartedAndNoRequestFails(Balancer.Kind kind) throws Exception {
    try (Balancer balancer = new Balancer(kind, ports);
        Load load = new Load(balancer.byPerson(), true)) {
      for (int i = 0; i < ports.size(); i++) {
        load.awaitMore();
        balancer.drain(i);
        instances.get(i).close();
        load.awaitMore();
        instances.set(i, instance(i));
        awaitServing(i);
        balancer.resume(i);
      }
      load.awaitMore();
      assertThat(load.failures).isEmpty();
      assertThat(load.cut).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource(Balancer.Kind.class)
  void anInstanceThatIsKilledFailsNoRequestThatOnlyReads(Balancer.Kind kind) throws Exception {
    try (Balancer balancer = new Balancer(kind, ports);
        Load load = new Load(balancer.byPerson(), false)) {
      load.awaitMore();
      instances.get(2).kill();
      load.awaitMore();
      instances.set(2, instance(2));
      awaitServing(2);
      load.awaitMore();
      assertThat(load.failures).isEmpty();
      assertThat(load.cut).hasSizeLessThanOrEqualTo(Load.THREADS);
    }
  }

  /** People who ask one thing after the other, until it is closed. */
  private final class Load implements AutoCloseable {
    private static final int THREADS = 4;
    private static final int ENOUGH = 60;

    final Queue<String> failures = new ConcurrentLinkedQueue<>();

    /** Answers that had begun and did not end: nobody in between can mend those. */
    final Queue<String> cut = new ConcurrentLinkedQueue<>();

    private final AtomicInteger answers = new AtomicInteger();
    private final AtomicBoolean ended = new AtomicBoolean();
    private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    private final List<Future<?>> running = new ArrayList<>();

    Load(int port, boolean writes) {
      for (int thread = 0; thread < THREADS; thread++) {
        int first = thread;
        running.add(
            threads.submit(
                () -> {
                  for (int i = first; !ended.get(); i += THREADS + 1) {
                    ask(port, PEOPLE.get(i % PEOPLE.size()), writes && i % 3 == 0);
                  }
                }));
      }
    }

    private void ask(int port, String person, boolean write) {
      try {
        HttpResponse<String> response = sendAsBrowsersDo(port, person, write);
        if (response.statusCode() >= 300) {
          failures.add(person + ": " + response.statusCode());
        }
      } catch (IOException | InterruptedException e) {
        (isCut(e) ? cut : failures).add(person + ": " + e);
      }
      answers.incrementAndGet();
    }

    private static boolean isCut(Exception e) {
      String why = String.valueOf(e.getMessage());
      return why.startsWith("chunked transfer encoding") || why.startsWith("fixed content-length");
    }

    /**
     * A balancer that reloads closes connections that are idle. Who has just written on one hears
     * nothing at all, and asks again: nobody has seen the request.
     */
    private HttpResponse<String> sendAsBrowsersDo(int port, String person, boolean write)
        throws IOException, InterruptedException {
      try {
        return send(port, person, write);
      } catch (IOException e) {
        if (!String.valueOf(e.getMessage()).contains("received no bytes")) {
          throw e;
        }
        return send(port, person, write);
      }
    }

    void awaitMore() {
      int now = answers.get();
      await().atMost(Duration.ofMinutes(2)).until(() -> answers.get() >= now + ENOUGH);
    }

    @Override
    public void close() throws Exception {
      ended.set(true);
      threads.shutdown();
      for (Future<?> each : running) {
        each.get();
      }
    }
  }
}
