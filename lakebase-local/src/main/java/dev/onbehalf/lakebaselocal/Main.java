package dev.onbehalf.lakebaselocal;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** The program: starts a {@link LakebaseLocal}, prints its environment, runs until stopped. */
final class Main {
  private static final String USAGE =
      """
      Usage: java -jar lakebase-local.jar [options]

      Runs a Lakebase on this machine. Prints the environment that an app needs, one
      NAME=value a line, then the line READY; runs until it is stopped (Ctrl-C).

        --users <a,b,...>                people with a role, comma-separated
        --people-without-role <a,b,...>  people who get tokens, but have no role
        --database <name>                the database's name (databricks_postgres)
        --max-connections <n>            PostgreSQL's max_connections (100)
        --help                           this text
      """;

  private static final int EXIT_FAILED = 1;
  private static final int EXIT_USAGE = 2;

  /** Arguments that can't be understood. */
  private static final class UsageException extends Exception {
    private static final long serialVersionUID = 1L;

    UsageException(String message) {
      super(message);
    }
  }

  private Main() {}

  public static void main(String[] args) throws InterruptedException {
    if (List.of(args).contains("--help")) {
      System.out.print(USAGE);
      return;
    }
    // Only what went wrong belongs on the console of a program; read when the first logger is made.
    if (System.getProperty("org.slf4j.simpleLogger.defaultLogLevel") == null) {
      System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "warn");
    }
    LakebaseLocal lakebase = start(args);
    if (lakebase == null) {
      return;
    }
    Runtime.getRuntime().addShutdownHook(new Thread(lakebase::close, "lakebase-local-stop"));
    print(lakebase, System.out);
    new CountDownLatch(1).await();
  }

  private static @Nullable LakebaseLocal start(String[] args) {
    try {
      return parse(args).start();
    } catch (UsageException | IllegalArgumentException e) {
      System.err.println(e.getMessage());
      System.err.print(USAGE);
      System.exit(EXIT_USAGE);
    } catch (RuntimeException e) {
      System.err.println(e.getMessage());
      System.exit(EXIT_FAILED);
    }
    return null;
  }

  private static LakebaseLocal.Builder parse(String[] args) throws UsageException {
    LakebaseLocal.Builder builder = LakebaseLocal.builder();
    Iterator<String> rest = split(args).iterator();
    while (rest.hasNext()) {
      String option = rest.next();
      switch (option) {
        case "--users" -> names(value(option, rest)).forEach(builder::user);
        case "--people-without-role" ->
            names(value(option, rest)).forEach(builder::personWithoutRole);
        case "--database" -> builder.database(value(option, rest));
        case "--max-connections" -> builder.maxConnections(number(option, value(option, rest)));
        default -> throw new UsageException("Unknown argument: " + option);
      }
    }
    return builder;
  }

  /** {@code --name=value} is {@code --name value}. */
  private static List<String> split(String[] args) {
    List<String> words = new ArrayList<>();
    for (String arg : args) {
      int equals = arg.startsWith("--") ? arg.indexOf('=') : -1;
      words.add(equals < 0 ? arg : arg.substring(0, equals));
      if (equals >= 0) {
        words.add(arg.substring(equals + 1));
      }
    }
    return words;
  }

  private static String value(String option, Iterator<String> rest) throws UsageException {
    if (!rest.hasNext()) {
      throw new UsageException(option + " needs a value");
    }
    return rest.next();
  }

  private static List<String> names(String value) {
    return List.of(value.split(",", -1)).stream().map(String::strip).toList();
  }

  private static int number(String option, String value) throws UsageException {
    try {
      return Integer.parseInt(value);
    } catch (NumberFormatException e) {
      throw new UsageException(option + " needs a whole number, not " + value);
    }
  }

  private static void print(LakebaseLocal lakebase, PrintStream out) {
    StringBuilder text = new StringBuilder();
    lakebase.environment().forEach((name, value) -> text.append(name + "=" + value + "\n"));
    out.print(text.append("READY\n"));
    out.flush();
  }
}
