package dev.onbehalf.benchmarks.micro;

import dev.onbehalf.pool.internal.evicting.EvictionCandidate;
import dev.onbehalf.pool.internal.evicting.EvictionPolicy;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What the eviction policy costs: a decision, a whole replacement, and the note that a borrow
 * makes.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class EvictionBenchmark {
  @Param({"50", "1000", "10000"})
  int connections;

  private final List<Idle> idle = new ArrayList<>();
  private EvictionPolicy policy = new EvictionPolicy(1);
  private int next;

  /** Never in use. */
  private static final class Idle extends EvictionCandidate {
    @Override
    protected boolean isEvictable() {
      return true;
    }
  }

  @Setup
  public void open() {
    policy = new EvictionPolicy(connections);
    for (int i = 0; i < connections; i++) {
      Idle opened = new Idle();
      idle.add(opened);
      policy.opened(opened, EvictionPolicy.key("user" + i, 1));
    }
    Random random = new Random(1);
    Collections.shuffle(idle, random);
    for (int i = 0; i < 20 * connections; i++) {
      policy.acquired(idle.get((int) (connections * Math.pow(random.nextDouble(), 3))));
    }
  }

  @Benchmark
  public @Nullable EvictionCandidate victim() {
    return policy.victim();
  }

  @Benchmark
  public EvictionCandidate replace() {
    EvictionCandidate victim = Objects.requireNonNull(policy.victim());
    policy.closed(victim);
    policy.opened(victim, next++);
    return victim;
  }

  @Benchmark
  public EvictionCandidate acquired() {
    next = next + 1 < connections ? next + 1 : 0;
    Idle taken = idle.get(next);
    policy.acquired(taken);
    return taken;
  }
}
