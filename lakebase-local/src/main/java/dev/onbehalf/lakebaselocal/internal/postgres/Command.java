package dev.onbehalf.lakebaselocal.internal.postgres;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Runs a program to its end. */
final class Command {
  private Command() {}

  /** Waits for the program; its standard input is empty. */
  static void run(List<String> command) throws IOException {
    run(command, "");
  }

  /**
   * Waits for the program.
   *
   * @param input its standard input, in UTF-8
   * @throws IOException if it ends with another status than 0, with all that it has said
   */
  static void run(List<String> command, String input) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try (OutputStream stdin = process.getOutputStream()) {
      stdin.write(input.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      // it has ended before it read all; its status and its words tell more
    }
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      int status = process.waitFor();
      if (status != 0) {
        throw new IOException(
            "%s ended with status %s: %s".formatted(command, status, output.strip()));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("Interrupted while waiting for " + command, e);
    }
  }
}
