package dev.onbehalf.identity;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A {@link FleetMember} as seen from outside, behind a wire of its own. */
final class MemberProcess implements AutoCloseable {
  private static final long LONGEST_ANSWER_SECONDS = 40;

  final Wire wire;
  private final Process process;
  private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();

  MemberProcess(int port, int limit, Path folder, int threads, long seed) throws IOException {
    wire = new Wire(port);
    process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx96m",
                "-cp",
                System.getProperty("java.class.path"),
                FleetMember.class.getName(),
                Integer.toString(wire.port()),
                Integer.toString(limit),
                folder.toString(),
                Integer.toString(threads),
                Long.toString(seed))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    InBackground.start(this::listen);
  }

  private void listen() throws IOException {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        answers.add(line);
      }
    }
    answers.add("gone");
  }

  /** The next line that it says. */
  String answer() throws InterruptedException {
    String answer = answers.poll(LONGEST_ANSWER_SECONDS, TimeUnit.SECONDS);
    if (answer == null) {
      throw new AssertionError("it hangs");
    }
    return answer;
  }

  /** What it says to an order. */
  String order(String line) throws InterruptedException {
    try {
      process.outputWriter(StandardCharsets.UTF_8).write(line + "\n");
      process.outputWriter(StandardCharsets.UTF_8).flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return answer();
  }

  void kill() {
    process.destroyForcibly(); // SIGKILL
  }

  /** Has it close all and go; false if it does not. */
  boolean end() throws IOException, InterruptedException {
    boolean ended = order("end").equals("ended");
    process.getOutputStream().close(); // there are no more orders
    return ended && process.waitFor(LONGEST_ANSWER_SECONDS, TimeUnit.SECONDS);
  }

  @Override
  public void close() throws IOException {
    process.destroyForcibly();
    wire.close();
  }
}
