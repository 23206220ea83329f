package dev.onbehalf.pool;

/** Two who look at the same, one within the other. */
final class BothObservers implements Observer {
  private final Observer outer;
  private final Observer inner;
  private final boolean outerHears;
  private final boolean innerHears;

  BothObservers(Observer outer, Observer inner) {
    this.outer = outer;
    this.inner = inner;
    this.outerHears = outer.hearsLeases();
    this.innerHears = inner.hearsLeases();
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
    return outerHears || innerHears;
  }

  @Override
  public void leased(long nanos, boolean opened) {
    try {
      if (outerHears) {
        outer.leased(nanos, opened);
      }
    } finally {
      if (innerHears) {
        inner.leased(nanos, opened);
      }
    }
  }

  @Override
  public void returned(long nanos) {
    try {
      if (outerHears) {
        outer.returned(nanos);
      }
    } finally {
      if (innerHears) {
        inner.returned(nanos);
      }
    }
  }
}
