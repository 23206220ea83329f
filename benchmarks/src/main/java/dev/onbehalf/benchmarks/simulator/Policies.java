package dev.onbehalf.benchmarks.simulator;

import dev.onbehalf.pool.internal.evicting.EvictionPolicy;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Set;

/** The candidates. */
final class Policies {
  private Policies() {}

  /** Closes the connection that has been idle longest. */
  static final class LeastRecentlyUsed implements Policy {
    private final Set<SimulatedConnection> byLastUse = new LinkedHashSet<>();

    @Override
    public void opened(SimulatedConnection connection) {
      byLastUse.add(connection);
    }

    @Override
    public void acquired(SimulatedConnection connection) {
      byLastUse.remove(connection);
      byLastUse.add(connection);
    }

    @Override
    public void closed(SimulatedConnection connection) {
      byLastUse.remove(connection);
    }

    @Override
    public SimulatedConnection victim() {
      return byLastUse.stream().filter(c -> !c.inUse).findFirst().orElseThrow();
    }
  }

  /**
   * Closes the connection of the user with the fewest requests, all users' counts being halved
   * every so many requests, bit by bit. It remembers everybody for ever, which no pool can.
   */
  static final class AgedCounts implements Policy {
    private final Set<SimulatedConnection> open = new LinkedHashSet<>();
    private final double[] logs; // log2 of the count, plus lastRequest / halfLife: needs no ageing
    private final double halfLife;
    private long requests;

    AgedCounts(int users, double halfLife) {
      this.halfLife = halfLife;
      logs = new double[users];
      Arrays.fill(logs, Double.NEGATIVE_INFINITY);
    }

    @Override
    public void opened(SimulatedConnection connection) {
      open.add(connection);
      count(connection.user);
    }

    @Override
    public void acquired(SimulatedConnection connection) {
      count(connection.user);
    }

    @Override
    public void closed(SimulatedConnection connection) {
      open.remove(connection);
    }

    @Override
    public SimulatedConnection victim() {
      return open.stream()
          .filter(c -> !c.inUse)
          .min(Comparator.comparingDouble(c -> logs[c.user]))
          .orElseThrow();
    }

    private void count(int user) {
      double now = ++requests / halfLife;
      logs[user] = now + Math.log(1 + Math.pow(2, logs[user] - now)) / Math.log(2);
    }
  }

  /** What the pool does. */
  static final class ReturnRates implements Policy {
    private final EvictionPolicy policy;

    ReturnRates(int budget) {
      policy = new EvictionPolicy(budget);
    }

    @Override
    public void opened(SimulatedConnection connection) {
      policy.opened(connection, EvictionPolicy.key("user" + connection.user, connection.ordinal));
    }

    @Override
    public void acquired(SimulatedConnection connection) {
      policy.acquired(connection);
    }

    @Override
    public void closed(SimulatedConnection connection) {
      policy.closed(connection);
    }

    @Override
    public SimulatedConnection victim() {
      return (SimulatedConnection) Objects.requireNonNull(policy.victim());
    }
  }
}
