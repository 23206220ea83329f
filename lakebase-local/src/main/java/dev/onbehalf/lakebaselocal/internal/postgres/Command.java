package dev.onbehalf.lakebaselocal.internal.postgres;

import java.io.IOException;
import java.nio.charset.Charset;
import java.util.List;

/** Runs a program to its end. */
final class Command {
  private Command() {}

  /**
   * Waits for the program; its standard input is empty.
   *
   * @throws IOException if it ends with another status than 0, with all that it has said
   */
  static void run(List<String> command) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), Charset.defaultCharset());
    try {
      int status = process.waitFor();
      if (status != 0) {
        throw new IOException(
            "%s ended with status %d: %s".formatted(command, status, output.strip()));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("Interrupted while waiting for " + command, e);
    }
  }
}
