package dev.onbehalf.lakebaselocal;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/**
 * The program: starts a {@link LakebaseLocal}, prints its environment, runs until stopped; or opens
 * psql on one that runs.
 */
final class Main {
  private static final int EXIT_FAILED = 1;
  private static final int EXIT_USAGE = 2;

  private Main() {}

  public static void main(String[] args) throws InterruptedException {
    List<String> words = Arrays.asList(args);
    if (isAskedForHelp(words)) {
      System.out.print(Usage.TEXT);
      return;
    }
    // Only what went wrong belongs on the console of a program; read when the first logger is made.
    if (System.getProperty("org.slf4j.simpleLogger.defaultLogLevel") == null) {
      System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "warn");
    }
    try {
      if (!words.isEmpty() && words.get(0).equals("psql")) {
        PsqlCommand command = PsqlCommand.parse(words.subList(1, words.size()));
        System.exit(command.run(Path.of(System.getProperty("java.io.tmpdir")), System.getenv()));
      }
      run(Options.parse(words));
    } catch (UsageException | IllegalArgumentException e) {
      System.err.println(e.getMessage());
      System.err.println(Usage.HINT);
      System.exit(EXIT_USAGE);
    } catch (IOException | RuntimeException e) {
      System.err.println(e.getMessage());
      System.exit(EXIT_FAILED);
    }
    new CountDownLatch(1).await();
  }

  /** What comes after psql is psql's. */
  private static boolean isAskedForHelp(List<String> words) {
    return words.contains("--help") && !words.get(0).equals("psql");
  }

  private static void run(Options options) throws IOException {
    RunningProgram program = RunningProgram.start(options);
    Runtime.getRuntime().addShutdownHook(new Thread(program::close, "lakebase-local-stop"));
    program.announce(System.out, System.err);
  }
}
