package dev.onbehalf.pool.internal.lending;

import static org.assertj.core.api.Assertions.assertThat;

import dev.onbehalf.pool.internal.user.Entry;
import dev.onbehalf.pool.internal.user.Waiter;
import java.util.Objects;

/** What waiting callers were told. */
final class Outcomes {
  private Outcomes() {}

  /** The entry that the caller was served; fails if there was none. */
  static Entry entryServedTo(Waiter waiter) {
    assertThat(waiter.outcome()).isInstanceOf(Waiter.Served.class);
    return ((Waiter.Served) Objects.requireNonNull(waiter.outcome())).entry();
  }
}
