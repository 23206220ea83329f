package dev.onbehalf.pool.internal;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one logger of the whole pool, named as its package is. */
public final class PoolLog {
  /** {@code dev.onbehalf.pool}. */
  public static final Logger LOG = LoggerFactory.getLogger("dev.onbehalf.pool");

  private PoolLog() {}
}
