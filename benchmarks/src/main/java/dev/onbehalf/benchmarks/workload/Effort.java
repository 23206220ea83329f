package dev.onbehalf.benchmarks.workload;

import java.time.Duration;
import java.util.Locale;

/** How long all takes. */
enum Effort {
  /** Shows that all of it works; the figures mean nothing. */
  SMOKE(1, 1, 50, 1, Duration.ofMillis(500), Duration.ofMillis(300), Duration.ofMillis(500), 0.02),
  SHORT(2, 5, 250, 20, Duration.ofSeconds(8), Duration.ofMillis(700), Duration.ofMillis(1_500), 1),
  LONG(5, 5, 1_000, 20, Duration.ofSeconds(8), Duration.ofSeconds(3), Duration.ofSeconds(10), 1);

  final int repeats;
  final int rounds;
  final int iteration;
  final int turns;
  final Duration compiling;
  final Duration warmUp;
  final Duration counted;
  private final double learning;

  /**
   * @param repeats of each workload
   * @param rounds of the hot path, where a fork's luck counts
   * @param iteration milliseconds of each of JMH's
   * @param turns how often the pool and logins take turns
   * @param learning the share of what a workload asks for
   */
  Effort(
      int repeats,
      int rounds,
      int iteration,
      int turns,
      Duration compiling,
      Duration warmUp,
      Duration counted,
      double learning) {
    this.repeats = repeats;
    this.rounds = rounds;
    this.iteration = iteration;
    this.turns = turns;
    this.compiling = compiling;
    this.warmUp = warmUp;
    this.counted = counted;
    this.learning = learning;
  }

  static Effort named(String name) {
    return valueOf(name.toUpperCase(Locale.ROOT));
  }

  /** How long a peer plays before it counts. Who remembers nothing but connections needs less. */
  Duration warmUp(Workload workload, PeerKind kind) {
    if (kind == PeerKind.LOGIN || !workload.rivals().contains(kind)) {
      return warmUp;
    }
    Duration asked = Duration.ofNanos((long) (workload.learning().toNanos() * learning));
    Duration longest = kind == PeerKind.ONBEHALF ? asked : least(asked, warmUp.multipliedBy(4));
    return longest.compareTo(warmUp) > 0 ? longest : warmUp;
  }

  private static Duration least(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }
}
