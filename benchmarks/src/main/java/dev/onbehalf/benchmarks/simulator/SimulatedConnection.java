package dev.onbehalf.benchmarks.simulator;

import dev.onbehalf.pool.internal.evicting.EvictionCandidate;

/** A connection of which nothing matters but whose it is and whether it is in use. */
final class SimulatedConnection extends EvictionCandidate {
  final int user;
  final int ordinal;
  boolean inUse;
  long lastUse;

  SimulatedConnection(int user, int ordinal) {
    this.user = user;
    this.ordinal = ordinal;
  }

  @Override
  protected boolean isEvictable() {
    return !inUse;
  }
}
