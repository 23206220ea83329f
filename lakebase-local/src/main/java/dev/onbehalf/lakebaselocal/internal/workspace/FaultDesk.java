package dev.onbehalf.lakebaselocal.internal.workspace;

import java.util.List;

/** Faults to order and to cancel while the workspace runs. */
public interface FaultDesk {

  /** The lasting ones in force, in the order of their kinds. */
  List<FaultKind> inForce();

  /**
   * Has it happen, or be in force from now on.
   *
   * @return how many connections were cut, where that was ordered
   * @throws IllegalArgumentException if a value breaks its rule
   */
  int order(FaultOrder order);

  /** Ends a lasting one. Whether it was in force. */
  boolean cancel(FaultKind kind);

  /** Ends all lasting ones, and starts the database unless it runs. */
  void clear();
}
