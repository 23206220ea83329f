package dev.onbehalf.spring;

import static dev.onbehalf.spring.SharedLakebase.ALICE;
import static dev.onbehalf.spring.SharedLakebase.BOB;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.onbehalf.spring.SharedFeed.Way;
import io.micrometer.context.ContextSnapshot;
import io.micrometer.context.ContextSnapshotFactory;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.task.AsyncTaskExecutor;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * Several people wait for one thing, which the request of another brings: each one's answer is made
 * of their own rows.
 */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@ExtendWith(OutputCaptureExtension.class)
class SharedWorkTest {
  private static final String DORA = "dora@example.com";

  private static TestApplication application;

  @Configuration(proxyBeanMethods = false)
  @WithoutSecurity
  static class Application {
    @Bean
    Endpoints endpoints(
        JdbcClient jdbc,
        OnBehalf onBehalf,
        @Qualifier("applicationTaskExecutor") AsyncTaskExecutor executor) {
      return new Endpoints(jdbc, onBehalf, executor);
    }
  }

  @RestController
  static class Endpoints {
    private final Map<Way, SharedFeed> feeds = new ConcurrentHashMap<>();
    private final Map<String, SharedFuture> futures = new ConcurrentHashMap<>();
    private final JdbcClient jdbc;
    private final OnBehalf onBehalf;
    private final AsyncTaskExecutor executor;
    private final TransactionTemplate transaction;

    Endpoints(JdbcClient jdbc, OnBehalf onBehalf, AsyncTaskExecutor executor) {
      this.jdbc = jdbc;
      this.onBehalf = onBehalf;
      this.executor = executor;
      transaction = new TransactionTemplate(new JdbcTransactionManager(onBehalf.dataSource()));
    }

    String who() {
      return jdbc.sql("SELECT current_user").query(String.class).single();
    }

    SharedFeed feed(Way way) {
      return feeds.computeIfAbsent(way, Way::make);
    }

    @GetMapping("/wait/{way}")
    Mono<String> wait(@PathVariable("way") Way way) {
      SharedFeed feed = feed(way);
      return feed.flux()
          .map(value -> who())
          .next()
          .flatMap(first -> Mono.fromCallable(() -> first + " " + who()))
          .doOnSubscribe(subscription -> feed.waiting().incrementAndGet());
    }

    /** Nothing tells this subscriber's person to Reactor. */
    @GetMapping("/subscribe/{way}")
    CompletableFuture<String> subscribe(@PathVariable("way") Way way) {
      SharedFeed feed = feed(way);
      CompletableFuture<String> user = new CompletableFuture<>();
      feed.flux().map(value -> who()).subscribe(user::complete, user::completeExceptionally);
      feed.waiting().incrementAndGet();
      return user;
    }

    @GetMapping("/bring/{way}")
    String bring(@PathVariable("way") Way way) {
      feed(way).bring().run();
      return who();
    }

    @GetMapping("/bring-in-a-transaction/{way}")
    String bringInATransaction(@PathVariable("way") Way way) {
      return transaction.execute(
          status -> {
            String before = who();
            feed(way).bring().run();
            return before + " " + who();
          });
    }

    @GetMapping("/then-apply")
    CompletableFuture<String> thenApply() {
      return on("/then-apply", future -> future.thenApply(value -> who()));
    }

    /** As docs/jobs.md has it. */
    @GetMapping("/carried")
    CompletableFuture<String> carried() {
      Executor mine = ContextSnapshotFactory.builder().build().captureAll().wrapExecutor(executor);
      return on("/carried", future -> future.thenApplyAsync(value -> who(), mine));
    }

    @GetMapping("/scoped")
    CompletableFuture<String> scoped() {
      ContextSnapshot mine = ContextSnapshotFactory.builder().build().captureAll();
      return on(
          "/scoped",
          future ->
              future.thenApply(
                  value -> {
                    try (ContextSnapshot.Scope scope = mine.setThreadLocals()) {
                      return who();
                    }
                  }));
    }

    @GetMapping("/own")
    CompletableFuture<String> own() {
      return CompletableFuture.supplyAsync(this::who, executor)
          .thenApplyAsync(user -> user + " " + who(), executor);
    }

    private CompletableFuture<String> on(
        String name, Function<CompletableFuture<String>, CompletableFuture<String>> work) {
      SharedFuture shared = future(name);
      CompletableFuture<String> mine = work.apply(shared.future());
      shared.waiting().incrementAndGet();
      return mine;
    }

    SharedFuture future(String name) {
      return futures.computeIfAbsent(
          name, key -> new SharedFuture(new CompletableFuture<>(), new AtomicInteger()));
    }

    @GetMapping("/complete")
    String complete(@RequestParam("what") String what) {
      future(what).future().complete("news");
      return who();
    }

    @GetMapping("/as-the-service-principal")
    String asTheServicePrincipal() {
      Mono<String> who = Mono.fromCallable(this::who);
      return onBehalf.asServicePrincipal(
          () -> who.block() + " " + who.subscribeOn(Schedulers.boundedElastic()).block());
    }
  }

  record SharedFuture(CompletableFuture<String> future, AtomicInteger waiting) {}

  @BeforeAll
  static void start() {
    SharedLakebase.get().addUser(DORA);
    application = new TestApplication(Application.class, "onbehalf.identity.check-callbacks=true");
  }

  @AfterAll
  static void stop() {
    application.close();
  }

  @AfterEach
  void anew() {
    application.bean(Endpoints.class).feeds.clear();
  }

  private static CompletableFuture<HttpResponse<String>> sent(String user, String path) {
    return CompletableFuture.supplyAsync(() -> application.send(application.as(user, path)));
  }

  private static void assertBody(CompletableFuture<HttpResponse<String>> response, String body) {
    assertThat(response.join().body()).isEqualTo(body);
    assertThat(response.join().statusCode()).isEqualTo(200);
  }

  private static void untilBothWait(AtomicInteger waiting) {
    await().untilAsserted(() -> assertThat(waiting).hasValue(2));
  }

  private static void assertOwnAnswers(Way way, String bringing, String brought) {
    CompletableFuture<HttpResponse<String>> alices = sent(ALICE, "/wait/" + way);
    CompletableFuture<HttpResponse<String>> bobs = sent(BOB, "/wait/" + way);
    untilBothWait(application.bean(Endpoints.class).feed(way).waiting());
    assertBody(sent(DORA, bringing + way), brought);
    assertBody(alices, ALICE + " " + ALICE);
    assertBody(bobs, BOB + " " + BOB);
  }

  @ParameterizedTest
  @EnumSource
  void whoSubscribesToWhatIsSharedSeesTheirOwnRows(Way way) {
    assertOwnAnswers(way, "/bring/", DORA);
  }

  /** Its connection is Dora's: whatever found the transaction would read her rows. */
  @ParameterizedTest
  @EnumSource
  void alsoWhereItIsBroughtInATransaction(Way way) {
    assertOwnAnswers(way, "/bring-in-a-transaction/", DORA + " " + DORA);
  }

  @ParameterizedTest
  @EnumSource
  void whoSubscribesWithoutAContextIsNobody(Way way) {
    CompletableFuture<HttpResponse<String>> alices = sent(ALICE, "/subscribe/" + way);
    CompletableFuture<HttpResponse<String>> bobs = sent(BOB, "/subscribe/" + way);
    untilBothWait(application.bean(Endpoints.class).feed(way).waiting());
    assertBody(sent(DORA, "/bring/" + way), DORA);
    assertThat(alices.join().statusCode()).as(alices.join().body()).isEqualTo(500);
    assertThat(bobs.join().statusCode()).as(bobs.join().body()).isEqualTo(500);
  }

  @Test
  void theServicePrincipalsRightsStayOnTheThreadOfTheirBlock() {
    assertBody(
        sent(ALICE, "/as-the-service-principal"),
        SharedLakebase.get().servicePrincipal() + " " + ALICE);
  }

  private static CompletableFuture<HttpResponse<String>> answerOnceCompleted(String path) {
    CompletableFuture<HttpResponse<String>> alices = sent(ALICE, path);
    CompletableFuture<HttpResponse<String>> bobs = sent(BOB, path);
    untilBothWait(application.bean(Endpoints.class).future(path).waiting());
    assertBody(sent(DORA, "/complete?what=" + path), DORA);
    return alices.thenCombine(bobs, (one, other) -> one.body().equals(ALICE) ? other : one);
  }

  @Test
  void aChainOfOnesOwnIsOnesOwn() {
    assertBody(sent(ALICE, "/own"), ALICE + " " + ALICE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/carried", "/scoped"})
  void aSharedFuturesCallbackThatCarriesItsPersonIsTheirs(String path) {
    assertBody(answerOnceCompleted(path), BOB);
  }

  @Test
  void oneThatCarriesNobodyIsNoticedByTheCheck(CapturedOutput output) {
    HttpResponse<String> response = answerOnceCompleted("/then-apply").join();
    assertThat(response.statusCode()).isEqualTo(500);
    assertThat(output)
        .contains("and so as " + DORA)
        .contains("onbehalf.identity.check-callbacks=false");
  }
}
