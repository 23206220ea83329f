package dev.onbehalf.lakebase;

import java.io.IOException;

/** What goes on beside a test until one side of a connection leaves, or the test is over. */
final class InBackground {
  private InBackground() {}

  /** One thing that goes on. */
  interface Step {
    void run() throws IOException;
  }

  static void start(Step step) {
    Thread thread =
        new Thread(
            () -> {
              try {
                step.run();
              } catch (IOException e) {
                // one side has left, or the test is over
              }
            });
    thread.setDaemon(true);
    thread.start();
  }
}
