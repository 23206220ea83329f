package dev.onbehalf.pool.internal.login;

import dev.onbehalf.pool.internal.PoolLog;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * The roles that Row-Level Security holds, as they were read last by some login on its own session,
 * for all the logins after it. Thread-safe.
 */
final class KnownRoles {
  /*
   * age      0 ........ half ........ maxAge
   * a login  looks up   one reads     all need them anew: one reads, the others
   *                     anew, all     wait for it, but not for long
   *                     others look up
   *
   * Who reads is settled by compare-and-set on `underWay`. Whose session hangs, or dies, in the
   * middle of reading holds up nobody for longer than PATIENCE: then the next one reads, and each
   * who has waited so long reads on their own session. No lock is held meanwhile.
   */
  private static final Logger log = PoolLog.LOG;

  private static final long PATIENCE = Duration.ofMillis(250).toNanos();

  /** A login is reading since a moment. */
  private record Reading(long since, CountDownLatch done) {}

  private final LongSupplier ticker;
  private final long maxAge;
  private final AtomicReference<@Nullable HeldRoles> latest = new AtomicReference<>();
  private final AtomicReference<@Nullable Reading> underWay = new AtomicReference<>();

  /**
   * @param maxAge how old they may be when a login looks them up; zero for none to be looked up
   */
  KnownRoles(LongSupplier ticker, Duration maxAge) {
    this.ticker = ticker;
    this.maxAge = maxAge.toNanos();
  }

  /**
   * Whether Row-Level Security holds the role, by what was read no longer than {@code maxAge} ago;
   * false if it doesn't, or if that can't be said without asking the role's own session.
   *
   * @param connection to read on where that is needed; outside a transaction, before and after
   */
  boolean hold(String user, Connection connection, Set<String> tableOwners) throws SQLException {
    if (maxAge == 0) {
      return false;
    }
    HeldRoles roles = known(tableOwners, maxAge / 2);
    if (roles == null) {
      roles = readOrAwait(connection, tableOwners);
    }
    return roles != null && roles.hold(user);
  }

  private @Nullable HeldRoles known(Set<String> tableOwners, long age) {
    HeldRoles roles = latest.get();
    return roles != null && roles.areOf(tableOwners, ticker.getAsLong(), age) ? roles : null;
  }

  private @Nullable HeldRoles readOrAwait(Connection connection, Set<String> tableOwners) {
    Reading other = underWay.get();
    Reading own = new Reading(ticker.getAsLong(), new CountDownLatch(1));
    if (isOver(other, own.since) && underWay.compareAndSet(other, own)) {
      try {
        return read(connection, tableOwners);
      } finally {
        underWay.compareAndSet(own, null);
        own.done.countDown();
      }
    }
    HeldRoles roles = known(tableOwners, maxAge);
    if (roles == null) {
      await(underWay.get());
      roles = known(tableOwners, maxAge);
    }
    return roles != null ? roles : read(connection, tableOwners);
  }

  private static boolean isOver(@Nullable Reading reading, long now) {
    return reading == null || now - reading.since > PATIENCE;
  }

  private static void await(@Nullable Reading reading) {
    if (reading == null) {
      return;
    }
    try {
      if (!reading.done.await(PATIENCE, TimeUnit.NANOSECONDS)) {
        log.debug("Another login takes long to read the roles");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Null if they can't be read, and each role has to be asked in person. */
  private @Nullable HeldRoles read(Connection connection, Set<String> tableOwners) {
    HeldRoles roles;
    try {
      roles = HeldRoles.read(connection, tableOwners, latest.get(), ticker.getAsLong());
    } catch (SQLException e) {
      log.debug("The roles that Row-Level Security holds can't be read", e);
      return null;
    }
    latest.accumulateAndGet(roles, (old, read) -> old == null || isNewer(read, old) ? read : old);
    return roles;
  }

  private static boolean isNewer(@Nullable HeldRoles read, HeldRoles old) {
    return read != null && read.areNewerThan(old);
  }
}
