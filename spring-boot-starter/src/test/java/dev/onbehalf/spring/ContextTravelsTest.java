package dev.onbehalf.spring;

import static dev.onbehalf.spring.SharedLakebase.ALICE;
import static dev.onbehalf.spring.SharedLakebase.BOB;
import static dev.onbehalf.spring.SharedLakebase.identity;
import static java.util.Map.entry;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Named.named;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.onbehalf.identity.NobodyBoundException;
import dev.onbehalf.identity.OnBehalfDatabase;
import io.micrometer.context.ContextSnapshotFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.task.AsyncTaskExecutor;
import org.springframework.core.task.TaskDecorator;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.scheduling.TaskScheduler;
import org.springframework.scheduling.TriggerContext;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.async.WebAsyncTask;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;
import org.springframework.web.servlet.mvc.method.annotation.StreamingResponseBody;

/** Each way to hand work to another thread: the right user there, or an exception. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ContextTravelsTest {

  @Configuration(proxyBeanMethods = false)
  @WithoutSecurity
  @EnableAsync
  @EnableScheduling
  static class Application {
    @Bean
    Work work(JdbcClient jdbc) {
      return new Work(jdbc);
    }

    @Bean
    @Lazy
    LateJob lateJob(Work work) {
      return new LateJob(work);
    }

    @Bean
    Endpoints endpoints(
        Work work,
        @Qualifier("applicationTaskExecutor") AsyncTaskExecutor executor,
        OnBehalf onBehalf) {
      return new Endpoints(work, executor, onBehalf);
    }
  }

  /** Made when it is first asked for, in somebody's request. */
  static class LateJob {
    private final Work work;
    private final CompletableFuture<String> user = new CompletableFuture<>();

    LateJob(Work work) {
      this.work = work;
    }

    @Scheduled(fixedRate = 1, timeUnit = TimeUnit.HOURS)
    void run() {
      try {
        user.complete(work.who());
      } catch (RuntimeException e) {
        user.completeExceptionally(e);
      }
    }
  }

  static class Work {
    private final JdbcClient jdbc;

    Work(JdbcClient jdbc) {
      this.jdbc = jdbc;
    }

    String who() {
      return jdbc.sql("SELECT current_user").query(String.class).single();
    }

    String transaction() {
      return jdbc.sql("SELECT pg_current_xact_id()::text").query(String.class).single();
    }

    @Async
    public CompletableFuture<String> whoLater() {
      return CompletableFuture.completedFuture(who());
    }

    @Async
    public CompletableFuture<String> whoAfter(CountDownLatch latch) throws InterruptedException {
      latch.await();
      return CompletableFuture.completedFuture(who());
    }

    @Async
    public CompletableFuture<String> failing() {
      throw new IllegalStateException("in the middle, as " + who());
    }
  }

  @RestController
  static class Endpoints {
    private static final ContextSnapshotFactory SNAPSHOTS =
        ContextSnapshotFactory.builder().build();

    private final Work work;
    private final AsyncTaskExecutor executor;
    private final OnBehalf onBehalf;

    Endpoints(Work work, AsyncTaskExecutor executor, OnBehalf onBehalf) {
      this.work = work;
      this.executor = executor;
      this.onBehalf = onBehalf;
    }

    @GetMapping("/callable")
    Callable<String> callable() {
      return work::who;
    }

    @GetMapping("/web-async-task")
    WebAsyncTask<String> webAsyncTask() {
      return new WebAsyncTask<>(20_000, work::who);
    }

    @GetMapping("/future")
    CompletableFuture<String> future() {
      return CompletableFuture.supplyAsync(work::who, executor)
          .thenApplyAsync(user -> user + " " + work.who(), executor);
    }

    @GetMapping("/annotated")
    CompletableFuture<String> annotated() {
      return work.whoLater();
    }

    @GetMapping("/stream")
    StreamingResponseBody stream() {
      return output -> {
        for (int i = 0; i < 3; i++) {
          output.write((work.who() + "\n").getBytes(StandardCharsets.UTF_8));
          output.flush();
        }
      };
    }

    @GetMapping("/events")
    SseEmitter events() {
      SseEmitter emitter = new SseEmitter();
      executor.execute(
          () -> {
            try {
              emitter.send(work.who());
              emitter.send(work.who());
              emitter.complete();
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
      return emitter;
    }

    /** Each result is a line: of the executor, an annotated method, a wrapped task, a later run. */
    @GetMapping("/from-the-service-principals-work")
    String fromTheServicePrincipalsWork() throws Exception {
      FutureTask<String> wrapped = new FutureTask<>(work::who);
      FutureTask<String> kept = new FutureTask<>(work::who);
      List<Runnable> later = new ArrayList<>();
      CompletableFuture<String> annotated =
          onBehalf.asServicePrincipal(
              () -> {
                Runnable task = SNAPSHOTS.captureAll().wrap(wrapped);
                new Thread(task).start();
                later.add(SNAPSHOTS.captureAll().wrap(kept));
                return work.whoLater();
              });
      CompletableFuture<String> supplied =
          onBehalf.asServicePrincipal(() -> CompletableFuture.supplyAsync(work::who, executor));
      later.forEach(Runnable::run); // on the block's own thread, after it
      return String.join("\n", annotated.get(), supplied.get(), wrapped.get(), kept.get());
    }

    @GetMapping("/common-pool")
    CompletableFuture<String> commonPool() {
      return CompletableFuture.supplyAsync(work::who);
    }
  }

  /** One thread, so that each piece of work meets what the former left on it. */
  @Nested
  class OnPlatformThreads extends HandOffs {
    OnPlatformThreads() {
      super("spring.task.execution.pool.core-size=1", "spring.task.scheduling.pool.size=1");
    }
  }

  @Nested
  @EnabledForJreRange(min = JRE.JAVA_21)
  class OnVirtualThreads extends HandOffs {
    OnVirtualThreads() {
      super("spring.threads.virtual.enabled=true");
    }
  }

  @TestInstance(TestInstance.Lifecycle.PER_CLASS)
  abstract static class HandOffs {
    private final String[] properties;
    private TestApplication application;
    private OnBehalf onBehalf;
    private Work work;

    HandOffs(String... properties) {
      this.properties = properties;
    }

    @BeforeAll
    void start() {
      application = new TestApplication(Application.class, properties);
      onBehalf = application.bean(OnBehalf.class);
      work = application.bean(Work.class);
    }

    @AfterAll
    void stop() {
      application.close();
    }

    @AfterEach
    void nobodyIsLeftBehind() {
      assertThat(Acting.current()).isEqualTo(Acting.NOBODY);
    }

    private AsyncTaskExecutor executor() {
      return application.bean("applicationTaskExecutor", AsyncTaskExecutor.class);
    }

    private String get(String user, String path) {
      HttpResponse<String> response = application.send(application.as(user, path));
      assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
      return response.body();
    }

    final void assertNobodyBound(CompletableFuture<String> future) {
      assertThatThrownBy(future::join)
          .isInstanceOf(CompletionException.class)
          .hasRootCauseInstanceOf(NobodyBoundException.class);
    }

    @Test
    void asynchronousAnswersOfAControllerAreThePersons() {
      for (String path : new String[] {"/callable", "/web-async-task", "/annotated"}) {
        assertThat(get(ALICE, path)).as(path).isEqualTo(ALICE);
        assertThat(get(BOB, path)).as(path).isEqualTo(BOB);
      }
    }

    @Test
    void aFutureOnTheApplicationsExecutorIsThePersons() {
      assertThat(get(ALICE, "/future")).isEqualTo(ALICE + " " + ALICE);
      assertThat(get(BOB, "/future")).isEqualTo(BOB + " " + BOB);
    }

    @Test
    void aStreamedBodyIsThePersonsToItsEnd() {
      assertThat(get(ALICE, "/stream").lines()).hasSize(3).containsOnly(ALICE);
      assertThat(get(BOB, "/stream").lines()).hasSize(3).containsOnly(BOB);
    }

    @Test
    void serverSentEventsAreThePersons() {
      assertThat(get(ALICE, "/events").lines().filter(line -> !line.isEmpty()))
          .containsExactly("data:" + ALICE, "data:" + ALICE);
    }

    @Test
    void workOfOnePersonNeverMeetsAnotherOnItsThread() {
      CompletableFuture<String> failed = onBehalf.asUser(identity(ALICE), () -> work.failing());
      assertThatThrownBy(failed::join).hasMessageContaining("as " + ALICE);
      assertNobodyBound(work.whoLater());
      assertThat(onBehalf.asUser(identity(BOB), () -> work.whoLater()).join()).isEqualTo(BOB);
      assertNobodyBound(work.whoLater());
      assertNobodyBound(onBehalf.asServicePrincipal(() -> work.whoLater()));
      assertNobodyBound(work.whoLater());
    }

    @Test
    void theServicePrincipalsRightsDoNotTravelButThePersonDoes() {
      String inRequest = get(ALICE, "/from-the-service-principals-work");
      assertThat(inRequest.lines()).hasSize(4).containsOnly(ALICE);
      onBehalf.asServicePrincipal(
          () -> assertNobodyBound(CompletableFuture.supplyAsync(work::who, executor())));
    }

    @Test
    void whatIsHandedOverInTheServicePrincipalsWorkCanAskForItsRightsItself() {
      assertThat(
              onBehalf
                  .asServicePrincipal(
                      () ->
                          CompletableFuture.supplyAsync(
                              () -> onBehalf.asServicePrincipal(work::who), executor()))
                  .join())
          .isEqualTo(SharedLakebase.get().servicePrincipal());
    }

    @ParameterizedTest
    @MethodSource("waysToSchedule")
    void whatTheServicePrincipalSchedulesHasNobodysRights(Handing way) {
      TaskScheduler scheduler = application.bean(TaskScheduler.class);
      CompletableFuture<String> user = new CompletableFuture<>();
      ScheduledFuture<?> scheduled =
          onBehalf.asServicePrincipal(
              () -> requireNonNull(way.to(scheduler, () -> complete(user))));
      assertNobodyBound(user);
      scheduled.cancel(false);
    }

    /** A way to hand a task to the scheduler, to run soon. */
    interface Handing {
      @Nullable ScheduledFuture<?> to(TaskScheduler scheduler, Runnable task);
    }

    private static @Nullable Instant once(TriggerContext context) {
      return context.lastCompletion() == null ? Instant.now() : null;
    }

    static Stream<Arguments> waysToSchedule() {
      Duration everyHour = Duration.ofHours(1);
      return Stream.<Map.Entry<String, Handing>>of(
              entry("once", (it, task) -> it.schedule(task, Instant.now())),
              entry("trigger", (it, task) -> it.schedule(task, HandOffs::once)),
              entry("rate", (it, task) -> it.scheduleAtFixedRate(task, everyHour)),
              entry(
                  "rate from",
                  (it, task) -> it.scheduleAtFixedRate(task, Instant.now(), everyHour)),
              entry("delay", (it, task) -> it.scheduleWithFixedDelay(task, everyHour)),
              entry(
                  "delay from",
                  (it, task) -> it.scheduleWithFixedDelay(task, Instant.now(), everyHour)))
          .map(way -> arguments(named(way.getKey(), way.getValue())));
    }

    @ParameterizedTest
    @MethodSource("waysToSchedule")
    void aScheduledHandOffIsThePersons(Handing way) {
      TaskScheduler scheduler = application.bean(TaskScheduler.class);
      CompletableFuture<String> user = new CompletableFuture<>();
      ScheduledFuture<?> scheduled =
          onBehalf.asUser(
              identity(ALICE), () -> requireNonNull(way.to(scheduler, () -> complete(user))));
      assertThat(user.join()).isEqualTo(ALICE);
      scheduled.cancel(false);
    }

    @Test
    void theScheduledMethodsOfABeanThatARequestMakesHaveNobodysRights() {
      LateJob job = onBehalf.asUser(identity(ALICE), () -> application.bean(LateJob.class));
      assertNobodyBound(job.user);
    }

    @Test
    void whatNobodySchedulesHasNobodysRights() throws Exception {
      CompletableFuture<String> nobody = new CompletableFuture<>();
      application.bean(TaskScheduler.class).schedule(() -> complete(nobody), Instant.now()).get();
      assertNobodyBound(nobody);
    }

    @Test
    void aTaskWrappedInASnapshotIsThePersonsWhereverItIsScheduled() throws Exception {
      CompletableFuture<String> user = new CompletableFuture<>();
      Runnable task =
          onBehalf.asUser(
              identity(ALICE),
              () ->
                  ContextSnapshotFactory.builder().build().captureAll().wrap(() -> complete(user)));
      application.bean(TaskScheduler.class).schedule(task, Instant.now()).get();
      assertThat(user.join()).isEqualTo(ALICE);
    }

    private void complete(CompletableFuture<String> future) {
      try {
        future.complete(work.who());
      } catch (RuntimeException e) {
        future.completeExceptionally(e);
      }
    }

    @Test
    void aPlainThreadHasNobodysRights() throws InterruptedException {
      FutureTask<String> task = new FutureTask<>(work::who);
      Thread thread =
          onBehalf.asUser(
              identity(ALICE),
              () -> {
                Thread plain = new Thread(task);
                plain.start();
                return plain;
              });
      thread.join();
      assertThatThrownBy(task::get).hasRootCauseInstanceOf(NobodyBoundException.class);
    }

    @Test
    void theCommonPoolHasNobodysRights() {
      assertThat(application.send(application.as(ALICE, "/common-pool")).statusCode())
          .isEqualTo(500);
      onBehalf.asUser(
          identity(ALICE),
          () ->
              assertNobodyBound(
                  CompletableFuture.supplyAsync(work::who, ForkJoinPool.commonPool())));
    }

    @Test
    void aParallelStreamIsThePersonsOrNothing() {
      onBehalf.asUser(
          identity(ALICE),
          () -> {
            try {
              assertThat(IntStream.range(0, 50).parallel().mapToObj(i -> work.who()).toList())
                  .containsOnly(ALICE);
            } catch (RuntimeException e) {
              assertThat(e).hasRootCauseInstanceOf(NobodyBoundException.class);
            }
          });
    }

    @Test
    void workThatWasHandedOverByNobodyTakesNobodysRightsWhereverItRuns() {
      TaskDecorator decorator = application.bean(TaskDecorator.class);
      CompletableFuture<String> future = new CompletableFuture<>();
      Runnable handedOver = decorator.decorate(() -> complete(future));
      onBehalf.asUser(
          identity(ALICE),
          () -> {
            handedOver.run();
            assertThat(onBehalf.currentUser()).hasValue(ALICE);
          });
      assertNobodyBound(future);
    }

    /** The transaction's connection is Alice's, whoever the work belongs to. */
    @Test
    void workOfSomebodyElseTakesNoPartInAnOpenTransaction() {
      TaskDecorator decorator = application.bean(TaskDecorator.class);
      JdbcTransactionManager manager = new JdbcTransactionManager(onBehalf.dataSource());
      TransactionTemplate transaction = new TransactionTemplate(manager);
      List<String> seen = new ArrayList<>();
      Runnable bobs =
          onBehalf.asUser(
              identity(BOB),
              () ->
                  decorator.decorate(
                      () -> {
                        seen.add(work.who());
                        transaction.executeWithoutResult(status -> seen.add(work.who()));
                        throw new IllegalStateException("in the middle");
                      }));
      List<String> ended = new ArrayList<>();
      onBehalf.asUser(
          identity(ALICE),
          () ->
              transaction.executeWithoutResult(
                  status -> {
                    String xid = work.transaction();
                    TransactionSynchronizationManager.registerSynchronization(
                        new TransactionSynchronization() {
                          @Override
                          public void afterCommit() {
                            ended.add(work.who());
                          }
                        });
                    assertThatThrownBy(bobs::run).hasMessage("in the middle");
                    assertThat(work.transaction()).isEqualTo(xid);
                    assertThat(work.who()).isEqualTo(ALICE);
                  }));
      assertThat(seen).containsExactly(BOB, BOB);
      assertThat(ended).containsExactly(ALICE);
      assertThat(TransactionSynchronizationManager.getResourceMap()).isEmpty();
      assertThat(TransactionSynchronizationManager.isSynchronizationActive()).isFalse();
    }

    @Test
    void whoSignedOutHasNoRightsLeftInWorkUnderWay() throws InterruptedException {
      CountDownLatch signedOut = new CountDownLatch(1);
      CompletableFuture<String> later =
          onBehalf.asUser(identity(ALICE), () -> work.whoAfter(signedOut));
      application.bean(OnBehalfDatabase.class).revoke(ALICE);
      signedOut.countDown();
      assertThatThrownBy(later::join)
          .hasStackTraceContaining("No access token of " + ALICE + " is at hand");
    }
  }
}
