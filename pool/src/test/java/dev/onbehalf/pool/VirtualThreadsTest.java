package dev.onbehalf.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.io.TempDir;

final class VirtualThreadsTest {
  private static final int THREADS = 10_000;

  @Test
  @EnabledForJreRange(min = JRE.JAVA_21)
  void ten_thousand_virtual_threads_borrow_without_pinning(@TempDir Path folder) throws Exception {
    StubServer server = new StubServer();
    AtomicInteger served = new AtomicInteger();
    try (Recording recording = new Recording();
        UserPoolManager manager =
            UserPoolManager.builder(server, user -> Secret.of("secret"))
                .maxConnections(20)
                .connectionTimeout(Duration.ofMinutes(2))
                .build()) {
      borrowAll(manager, new AtomicInteger()); // a class that is loaded pins, once, in the JVM
      recording.enable("jdk.VirtualThreadPinned").withStackTrace().withThreshold(Duration.ZERO);
      recording.start();
      borrowAll(manager, served);
      recording.stop();
      Path file = folder.resolve("pinned.jfr");
      recording.dump(file);

      assertThat(served).hasValue(THREADS);
      assertThat(server.peak.get()).isLessThanOrEqualTo(20);
      assertThat(RecordingFile.readAllEvents(file))
          .noneMatch(event -> String.valueOf(event.getStackTrace()).contains("dev.onbehalf"));
    }
  }

  private static void borrowAll(UserPoolManager manager, AtomicInteger served) throws Exception {
    ExecutorService threads = virtualThreads();
    for (int i = 0; i < THREADS; i++) {
      UserPool pool = manager.getPool("user" + i % 100);
      threads.execute(() -> served.addAndGet(borrow(pool)));
    }
    threads.shutdown();
    assertThat(threads.awaitTermination(3, TimeUnit.MINUTES)).isTrue();
  }

  private static int borrow(UserPool pool) {
    try (Connection connection = pool.getConnection()) {
      LockSupport.parkNanos(1); // lets others onto the carrier while the connection is held
      return connection.isClosed() ? 0 : 1;
    } catch (SQLException e) {
      return 0;
    }
  }

  /** By reflection, since the code is compiled for Java 17. */
  private static ExecutorService virtualThreads() throws ReflectiveOperationException {
    return (ExecutorService)
        Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
  }
}
