package dev.onbehalf.pool.internal.login;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.onbehalf.pool.internal.PlainConnection;
import dev.onbehalf.pool.internal.StubDriver;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who reads the roles, and who waits for that. */
@Timeout(60)
final class KnownRolesTest {
  private static final Set<String> OWNERS = Set.of();
  private static final Duration MAX_AGE = Duration.ofSeconds(10);

  private final AtomicInteger reads = new AtomicInteger();
  private final CountDownLatch hanging = new CountDownLatch(1);
  private final CountDownLatch end = new CountDownLatch(1);
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private volatile long now;
  private final KnownRoles roles = new KnownRoles(() -> now, MAX_AGE);

  @AfterEach
  void stopThreads() {
    end.countDown();
    threads.shutdownNow();
  }

  private Connection counting() {
    return new PlainConnection(StubDriver.connection("alice", it -> {})) {
      @Override
      public boolean getAutoCommit() {
        reads.incrementAndGet();
        return true;
      }
    };
  }

  private Connection hanging() {
    return (Connection)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {Connection.class},
            (proxy, method, arguments) -> {
              hanging.countDown();
              end.await();
              throw new java.sql.SQLException("aborted", "08006");
            });
  }

  private int readsOf(Connection connection) throws Exception {
    int before = reads.get();
    roles.hold("alice", connection, OWNERS);
    return reads.get() - before;
  }

  @Test
  void until_half_the_age_they_are_looked_up_then_one_login_reads_them_anew() throws Exception {
    assertThat(readsOf(counting())).as("names, and who is above").isEqualTo(2);
    now = MAX_AGE.toNanos() / 2 - 1;
    assertThat(readsOf(counting())).isZero();
    now = MAX_AGE.toNanos() / 2;
    assertThat(readsOf(counting())).as("names are kept").isEqualTo(1);
    assertThat(readsOf(counting())).isZero();
  }

  @Test
  void while_one_reads_the_others_look_up_what_is_not_too_old() throws Exception {
    readsOf(counting());
    now = MAX_AGE.toNanos() - 1;
    Future<Boolean> hung = threads.submit(() -> roles.hold("mallory", hanging(), OWNERS));
    hanging.await();
    assertThat(readsOf(counting())).isZero();
    assertThat(hung.isDone()).isFalse();
  }

  @Test
  void who_reads_and_hangs_holds_up_the_others_for_a_moment_only() throws Exception {
    Future<Boolean> hung = threads.submit(() -> roles.hold("mallory", hanging(), OWNERS));
    hanging.await();
    long start = System.nanoTime();
    Future<Integer> other = threads.submit(() -> readsOf(counting()));
    assertThat(other.get(30, SECONDS)).isEqualTo(2);
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
    assertThat(hung.isDone()).isFalse();
    assertThat(readsOf(counting())).as("known from the one who did not hang").isZero();
    end.countDown();
    assertThat(hung.get(30, SECONDS)).as("can't be said without asking").isFalse();
  }

  @Test
  void a_reading_that_fails_is_followed_by_the_next() throws Exception {
    end.countDown();
    assertThat(roles.hold("mallory", hanging(), OWNERS)).isFalse();
    assertThat(readsOf(counting())).isEqualTo(2);
  }
}
