package dev.onbehalf.benchmarks.request;

import dev.onbehalf.lakebaselocal.LakebaseLocal;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.logging.LogManager;
import org.springframework.boot.logging.LoggingSystem;

/**
 * What a whole request costs with the starter, and what the same costs without: filter, proof
 * (cached), route, acquire, release, over HTTP, beside the same controller on Spring Boot's own
 * HikariCP that logs in as one user to the same database.
 *
 * <pre>{@code
 * mvn -B -q -pl benchmarks -am package -DskipTests
 * java -cp 'benchmarks/target/onbehalf-benchmarks.jar:benchmarks/target/lib/*' \
 *   dev.onbehalf.benchmarks.request.RequestBenchmark
 * }</pre>
 *
 * <p>Both applications run in this process and answer in turn, request by request, so that both
 * meet the same machine. A round's figure is the median of its requests; what is printed is the
 * median of the rounds, and of the differences within each round. Takes a minute and a half.
 */
public final class RequestBenchmark {
  private static final String ALICE = "alice@example.com";
  private static final int WARM_UP = 40_000;
  private static final int ROUNDS = 9;
  private static final int REQUESTS = 10_000;

  private final double[] hikari = new double[ROUNDS];
  private final double[] onbehalf = new double[ROUNDS];

  private RequestBenchmark() {}

  public static void main(String[] arguments) throws IOException {
    logNothing();
    try (LakebaseLocal lakebase = LakebaseLocal.builder().user(ALICE).start();
        Shop plain = Shop.onHikari(lakebase, ALICE);
        Shop ours = Shop.onBehalfOfPeople(lakebase)) {
      String token = lakebase.accessToken(ALICE, Duration.ofHours(1));
      System.out.printf(
          "One request at a time, a token of %d bytes; medians of %d rounds of %,d requests, us%n",
          token.length(), ROUNDS, REQUESTS);
      System.out.printf(
          "%-24s %9s %9s %9s %15s %6s%n",
          "", "HikariCP", "Onbehalf", "added", "least to most", "ratio");
      for (String word : List.of(Shop.BORROWED, Shop.QUERIED)) {
        try (KeptAliveClient hikari = new KeptAliveClient(plain.port(), word, ALICE, token);
            KeptAliveClient onbehalf = new KeptAliveClient(ours.port(), word, ALICE, token)) {
          System.out.println(new RequestBenchmark().measure(word, hikari, onbehalf));
        }
      }
    }
  }

  private static void logNothing() {
    System.setProperty(LoggingSystem.SYSTEM_PROPERTY, LoggingSystem.NONE);
    LogManager.getLogManager().reset();
  }

  private String measure(String word, KeptAliveClient plain, KeptAliveClient ours)
      throws IOException {
    round(plain, ours, WARM_UP, 0);
    for (int round = 0; round < ROUNDS; round++) {
      round(plain, ours, REQUESTS, round);
    }
    double[] added = new double[ROUNDS];
    double[] ratios = new double[ROUNDS];
    Arrays.setAll(added, round -> onbehalf[round] - hikari[round]);
    Arrays.setAll(ratios, round -> onbehalf[round] / hikari[round]);
    return String.format(
        Locale.ROOT,
        "%-24s %9.1f %9.1f %9.1f %7.1f to %4.1f %6.2f",
        word.equals(Shop.BORROWED) ? "acquire, release" : "acquire, query, release",
        median(hikari),
        median(onbehalf),
        median(added),
        Arrays.stream(added).min().orElseThrow(),
        Arrays.stream(added).max().orElseThrow(),
        median(ratios));
  }

  /** Who goes first changes with every pair, as the second finds the machine more awake. */
  private void round(KeptAliveClient plain, KeptAliveClient ours, int requests, int round)
      throws IOException {
    double[] plainTimes = new double[requests];
    double[] ourTimes = new double[requests];
    for (int i = 0; i < requests; i++) {
      if (i % 2 == 0) {
        plainTimes[i] = plain.time() / 1e3;
        ourTimes[i] = ours.time() / 1e3;
      } else {
        ourTimes[i] = ours.time() / 1e3;
        plainTimes[i] = plain.time() / 1e3;
      }
    }
    hikari[round] = median(plainTimes);
    onbehalf[round] = median(ourTimes);
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }
}
