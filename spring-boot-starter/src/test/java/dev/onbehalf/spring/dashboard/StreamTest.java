package dev.onbehalf.spring.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A browser that is slow, or has gone, holds up nobody. */
class StreamTest {
  private final ByteArrayOutputStream sent = new ByteArrayOutputStream();
  private boolean ready = true;
  private boolean broken;
  private int completed;
  private long now;

  private final ServletOutputStream out =
      new ServletOutputStream() {
        @Override
        public boolean isReady() {
          return ready;
        }

        @Override
        public void setWriteListener(WriteListener listener) {}

        @Override
        public void write(int b) throws IOException {
          if (broken) {
            throw new IOException("Broken pipe");
          }
          sent.write(b);
        }
      };

  private final Stream stream =
      new Stream(
          (AsyncContext)
              Proxy.newProxyInstance(
                  StreamTest.class.getClassLoader(),
                  new Class<?>[] {AsyncContext.class},
                  (proxy, method, arguments) -> {
                    assertThat(method.getName()).isEqualTo("complete");
                    completed++;
                    return null;
                  }),
          out,
          "alice@example.com",
          () -> now);

  private boolean show(String change) {
    return stream.show(
        () -> "ALL ".getBytes(StandardCharsets.UTF_8), change.getBytes(StandardCharsets.UTF_8));
  }

  private String sent() {
    return sent.toString(StandardCharsets.UTF_8);
  }

  @Test
  void theFirstMessageIsTheWholePictureAndSoIsTheOneAfterAMissedOne() throws IOException {
    assertThat(show("one ")).isTrue();
    assertThat(sent()).as("before the container says that it may be written").isEmpty();
    stream.onWritePossible();
    show("two ");
    show("three ");
    ready = false;
    assertThat(show("four ")).isTrue();
    ready = true;
    show("five ");
    show("six ");
    assertThat(sent()).isEqualTo("ALL three ALL six ");
  }

  @Test
  void whoTakesNothingForTenSecondsIsDropped() throws IOException {
    stream.onWritePossible();
    show("one ");
    ready = false;
    now += Duration.ofSeconds(9).toNanos();
    assertThat(show("two ")).isTrue();
    now += Duration.ofSeconds(2).toNanos();
    assertThat(show("three ")).isFalse();
    assertThat(completed).isEqualTo(1);
    assertThat(show("four ")).isFalse();
  }

  @Test
  void afterFourMinutesTheBrowserHasToComeAgain() throws IOException {
    stream.onWritePossible();
    now += Duration.ofMinutes(4).toNanos() + 1;
    assertThat(show("one ")).isFalse();
    assertThat(completed).isEqualTo(1);
    assertThat(sent()).isEmpty();
  }

  @Test
  void whoHasGoneIsLeftToTheContainer() throws IOException {
    stream.onWritePossible();
    broken = true;
    assertThat(show("one ")).isFalse();
    assertThat(completed).as("completed by us").isZero();
    stream.onError(new IOException("Broken pipe"));
    assertThat(completed).isEqualTo(1);
  }
}
