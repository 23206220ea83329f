package dev.onbehalf.identity;

import java.io.IOException;

/** What goes on beside a test until one side of a connection leaves, or the test is over. */
public final class InBackground {
  private InBackground() {}

  /** One thing that goes on. */
  public interface Step {
    void run() throws IOException;
  }

  public static void start(Step step) {
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
