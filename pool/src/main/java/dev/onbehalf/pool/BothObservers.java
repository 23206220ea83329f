package dev.onbehalf.pool;

/** Two who look at the same, one within the other. */
final class BothObservers implements Observer {
  private final Observer outer;
  private final Observer inner;

  /** The same two, as far as they want to hear of leases. */
  private final Observer outerOfLeases;

  private final Observer innerOfLeases;

  BothObservers(Observer outer, Observer inner) {
    this.outer = outer;
    this.inner = inner;
    this.outerOfLeases = outer.hearsLeases() ? outer : NOBODY;
    this.innerOfLeases = inner.hearsLeases() ? inner : NOBODY;
  }

  @Override
  public <T, E extends Exception> T observe(String operation, Work<T, E> work) throws E {
    return outer.observe(operation, () -> inner.observe(operation, work));
  }

  @Override
  public Runnable handOver(Runnable task) {
    return outer.handOver(inner.handOver(task));
  }

  @Override
  public boolean hearsLeases() {
    return outerOfLeases != NOBODY || innerOfLeases != NOBODY;
  }

  @Override
  public void leased(long nanos, boolean opened) {
    try {
      outerOfLeases.leased(nanos, opened);
    } finally {
      innerOfLeases.leased(nanos, opened);
    }
  }

  @Override
  public void returned(long nanos) {
    try {
      outerOfLeases.returned(nanos);
    } finally {
      innerOfLeases.returned(nanos);
    }
  }
}
