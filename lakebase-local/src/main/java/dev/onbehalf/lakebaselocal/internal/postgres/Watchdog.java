package dev.onbehalf.lakebaselocal.internal.postgres;

import java.io.Closeable;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A small process that cleans up after this JVM, also when it is killed by a signal that no code
 * sees. It waits at the end of a pipe; the pipe breaks when the JVM is gone, and then it stops
 * PostgreSQL and removes the folder. {@link #close()} breaks the pipe on purpose, so that the
 * orderly end takes the same way and is waited for.
 */
public final class Watchdog implements Closeable {
  /*
   * Ctrl-C in a terminal and "kill -- -group" reach all processes of a group, so the watchdog starts
   * a session of its own where setsid exists (not on macOS), and ignores the polite signals anyway.
   */
  private static final String LAUNCH =
      "exec $(command -v setsid) sh -c \"$1\" lakebase-watchdog \"$2\" \"$3\"";

  private static final long CLEAN_UP_SECONDS = 15;
  private static final Logger LOG = LoggerFactory.getLogger(Watchdog.class);

  private final Process process;
  private final Path folder;

  private Watchdog(Process process, Path folder) {
    this.process = process;
    this.folder = folder;
  }

  /**
   * Sets a watchdog on an instance.
   *
   * @param folder will be removed with all that is in it
   * @param data what its PostgreSQL runs on, in the folder or elsewhere; elsewhere they stay
   */
  public static Watchdog over(Path folder, Path data) throws IOException {
    Process process =
        new ProcessBuilder(
                "sh",
                "-c",
                LAUNCH,
                "sh",
                Resources.text("watchdog.sh"),
                folder.toString(),
                data.toString())
            .directory(new File("/"))
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    return new Watchdog(process, folder);
  }

  /** Has it clean up, and waits until it has. */
  @Override
  public void close() {
    try {
      process.getOutputStream().close();
      if (!process.waitFor(CLEAN_UP_SECONDS, TimeUnit.SECONDS) || Files.exists(folder)) {
        LOG.warn("Removing {} has not succeeded within {} s", folder, CLEAN_UP_SECONDS);
      }
    } catch (IOException e) {
      LOG.warn("The watchdog over {} is gone: {}", folder, e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // it goes on without us
    }
  }
}
