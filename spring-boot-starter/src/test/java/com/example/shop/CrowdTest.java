package com.example.shop;

import static dev.onbehalf.spring.SharedLakebase.ALICE;
import static dev.onbehalf.spring.SharedLakebase.BOB;
import static dev.onbehalf.spring.SharedLakebase.identity;
import static dev.onbehalf.spring.SharedLakebase.token;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.onbehalf.identity.OnBehalfDatabase;
import dev.onbehalf.servlet.RawHttp;
import dev.onbehalf.servlet.RawHttp.Answer;
import dev.onbehalf.spring.TestApplication;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

/** One person's many requests, of which each holds a thread of the server while it waits. */
class CrowdTest {
  private static final int THREADS = 20;
  private static final int MAY_WAIT = 5;

  @Test
  void onePersonsCrowdLeavesTheServersThreadsToOthers() throws Exception {
    try (TestApplication shop =
        new TestApplication(
            Shop.class,
            "server.tomcat.threads.max=" + THREADS,
            "onbehalf.pool.max-connections-per-user=1",
            "onbehalf.pool.max-waiters-per-user=" + MAY_WAIT,
            "onbehalf.pool.connection-timeout=30s")) {
      OnBehalfDatabase lakebase = shop.bean(OnBehalfDatabase.class);
      ExecutorService clients = Executors.newCachedThreadPool();
      String alices = header(ALICE);
      List<CompletableFuture<Answer>> crowd = new ArrayList<>();
      try (Connection slow = lakebase.asUser(identity(ALICE)).getConnection()) {
        assertThat(slow.isClosed()).isFalse();
        for (int i = 0; i < 3 * THREADS; i++) {
          crowd.add(
              CompletableFuture.supplyAsync(
                  () -> RawHttp.send(shop.port(), "GET /who", alices), clients));
        }
        await().until(() -> answered(crowd) == crowd.size() - MAY_WAIT);

        Answer bobs = RawHttp.send(shop.port(), "GET /who", header(BOB));

        assertThat(bobs.text()).endsWith(Shop.SERVED + BOB);
        assertThat(lakebase.statistics().waiting()).isEqualTo(MAY_WAIT);
      } finally {
        clients.shutdown();
      }
      List<Answer> answers = crowd.stream().map(CompletableFuture::join).toList();
      assertThat(answers).filteredOn(answer -> answer.status() == 200).hasSize(MAY_WAIT);
      assertThat(answers)
          .filteredOn(answer -> answer.status() != 200)
          .allSatisfy(
              answer -> {
                assertThat(answer.status()).as(answer.text()).isEqualTo(503);
                assertThat(answer.header("Retry-After")).isNotEmpty();
                assertThat(answer.text()).contains(MAY_WAIT + " requests of yours wait");
              });
    }
  }

  private static long answered(List<CompletableFuture<Answer>> crowd) {
    return crowd.stream().filter(CompletableFuture::isDone).count();
  }

  private static String header(String person) {
    return "X-Forwarded-Email: %s\r\nX-Forwarded-Access-Token: %s\r\n"
        .formatted(person, token(person));
  }
}
