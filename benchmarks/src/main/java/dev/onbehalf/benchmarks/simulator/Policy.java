package dev.onbehalf.benchmarks.simulator;

/** Decides which idle connection gives way to a newcomer. */
interface Policy {
  /** A connection has been opened, for a request. */
  void opened(SimulatedConnection connection);

  /** An open connection serves another request. */
  void acquired(SimulatedConnection connection);

  /** A connection has been closed. */
  void closed(SimulatedConnection connection);

  /** Chooses among the connections that are not in use; there is one. */
  SimulatedConnection victim();
}
