package dev.onbehalf.pool.internal.lending;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Callers, workers and the housekeeper when there is no memory: no place and no lock is lost. It
 * fills a real heap again and again, which takes as long as it takes: {@code ./check long}.
 */
@Tag("long")
final class OutOfMemoryTest {

  @Test
  void when_there_is_memory_again_everybody_is_served_and_the_budget_is_what_it_was()
      throws Exception {
    Process program =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx24m",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                OutOfMemoryProgram.class.getName())
            .redirectErrorStream(true)
            .start();
    String output = new String(program.getInputStream().readAllBytes(), UTF_8);
    assertThat(program.waitFor(120, TimeUnit.SECONDS)).isTrue();

    assertThat(program.exitValue()).as(output).isZero();
    assertThat(output).containsPattern("memory ran out [1-9][0-9]* times");
  }
}
