package dev.onbehalf.sample;

import static dev.onbehalf.spring.SharedLakebase.ALICE;
import static dev.onbehalf.spring.SharedLakebase.BOB;
import static org.assertj.core.api.Assertions.assertThat;

import dev.onbehalf.identity.OnBehalfDatabase;
import dev.onbehalf.spring.SharedLakebase;
import dev.onbehalf.spring.TestApplication;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What holds in an application for each request's queries, by whatever way they are made. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class Sample {
  private static final int REQUESTS = 500;
  private static final int THREADS_A_USER = 2;

  final TestApplication application;

  Sample(Class<?> configuration, String... properties) {
    Shop.reset();
    application = new TestApplication(configuration, properties);
  }

  @AfterAll
  void stop() {
    application.close();
  }

  @AfterEach
  void nothingIsLeft() {
    Shop.reset();
    assertThat(application.bean(OnBehalfDatabase.class).statistics().inUse()).isZero();
  }

  final String get(String user, String path) {
    HttpResponse<String> response = application.send(application.as(user, path));
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return response.body();
  }

  final HttpResponse<String> post(String user, String path) {
    return application.send(application.as(user, path).POST(BodyPublishers.noBody()));
  }

  private static String itemsOf(String user) {
    String own = user.equals(ALICE) ? "alice's" : "bob's";
    return String.join("\n", user, user, own, "everybody's");
  }

  @Test
  void twoUsersInParallelGetTheirOwnAndTheSharedRowsEachTime() {
    ExecutorService threads = Executors.newFixedThreadPool(2 * THREADS_A_USER);
    try {
      List<CompletableFuture<Void>> all =
          Stream.of(ALICE, BOB, ALICE, BOB)
              .map(user -> CompletableFuture.runAsync(() -> askOften(user), threads))
              .toList();
      all.forEach(CompletableFuture::join);
    } finally {
      threads.shutdownNow();
    }
  }

  private void askOften(String user) {
    String token = SharedLakebase.token(user);
    String expected = itemsOf(user);
    for (int i = 0; i < REQUESTS / THREADS_A_USER; i++) {
      HttpResponse<String> response = application.send(application.as(user, token, "/items"));
      assertThat(response.body()).isEqualTo(expected);
    }
  }

  @Test
  void aCommittedRowIsItsWritersAndNobodyElsesToSee() {
    assertThat(post(ALICE, "/committed").statusCode()).isEqualTo(200);
    assertThat(Shop.added()).containsExactly("committed of " + ALICE);
    assertThat(get(ALICE, "/items")).contains("committed");
    assertThat(get(BOB, "/items")).isEqualTo(itemsOf(BOB));
  }

  @Test
  void aTransactionThatIsRolledBackLeavesNothing() {
    assertThat(post(ALICE, "/rolled-back").body()).contains("rolled back");
    assertThat(Shop.added()).isEmpty();
    assertThat(get(ALICE, "/items")).isEqualTo(itemsOf(ALICE));
  }

  @Test
  void aTransactionWithinATransactionIsTheSamePersons() {
    assertThat(post(BOB, "/requires-new").body().lines())
        .containsExactly(BOB, "bob's", "everybody's", "inner", BOB);
    assertThat(Shop.added()).containsExactly("inner of " + BOB);
  }

  @Test
  void aReadOnlyTransactionWritesNothing() {
    HttpResponse<String> response = post(ALICE, "/read-only");
    assertThat(response.statusCode()).isEqualTo(409);
    assertThat(response.body()).contains("read-only transaction");
    assertThat(Shop.added()).isEmpty();
    assertThat(post(ALICE, "/committed").statusCode()).isEqualTo(200);
  }

  @Test
  void aResultThatIsStreamedIsThePersons() {
    assertThat(get(ALICE, "/many")).isEqualTo("{" + ALICE + "=" + Items.MANY_ROWS + "}");
    assertThat(get(BOB, "/many")).isEqualTo("{" + BOB + "=" + Items.MANY_ROWS + "}");
  }

  @Test
  void theApplicationSeesAllByNameAndThePersonIsBackAfterwards() {
    assertThat(get(ALICE, "/all-items").lines())
        .containsExactly("alice's", "bob's", "everybody's", ALICE);
  }
}
