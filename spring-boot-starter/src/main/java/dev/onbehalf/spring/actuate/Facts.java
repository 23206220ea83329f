package dev.onbehalf.spring.actuate;

import dev.onbehalf.pool.PoolSnapshot;
import dev.onbehalf.pool.PoolSnapshot.Place;
import dev.onbehalf.pool.PoolSnapshot.State;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A look at the pools as the endpoint tells it: with times of day in place of ages, and names as
 * they may be shown. Of each list the first {@value #MOST}. An immutable value.
 */
public final class Facts {
  private static final int MOST = 50;

  private final PoolSnapshot pools;
  private final Instant now;
  private final UnaryOperator<String> shown;
  private final Predicate<String> isServicePrincipal;

  Facts(
      PoolSnapshot pools,
      Instant now,
      UnaryOperator<String> shown,
      Predicate<String> isServicePrincipal) {
    this.pools = pools;
    this.now = now.truncatedTo(ChronoUnit.MILLIS);
    this.shown = shown;
    this.isServicePrincipal = isServicePrincipal;
  }

  /**
   * Who has connections in use.
   *
   * @param since when the first of these leases began
   */
  public record Holder(String user, boolean servicePrincipal, int connections, Instant since) {}

  /** A login under way. */
  public record Login(String user, boolean servicePrincipal, Instant since) {}

  /**
   * Whose callers wait.
   *
   * @param awaited what for: {@code credential}, {@code login}, {@code place}, {@code
   *     own-connection}, {@code resumption}
   * @param since when the first of them began to wait
   */
  public record Waiting(
      String user, boolean servicePrincipal, int callers, String awaited, Instant since) {}

  /**
   * A connection that was closed.
   *
   * @param cause {@code budget}, {@code idle}, {@code lifetime}, {@code broken}, {@code closed}
   * @param successor who got its place; null where nobody in particular did
   * @param leases how often it had been lent
   */
  public record Eviction(
      String user,
      boolean servicePrincipal,
      String cause,
      @Nullable String successor,
      Instant at,
      Instant lastUsed,
      long leases) {}

  /**
   * Whose logins wait.
   *
   * @param sqlState of the refusal; empty where it had none
   * @param reason what that means, in words of ours: a server's could name people
   */
  public record BackOff(
      String user, boolean servicePrincipal, String sqlState, String reason, Instant until) {}

  List<Holder> holders() {
    Map<String, Holder> holders = new TreeMap<>();
    for (Place place : pools.places()) {
      if (place.state() == State.LENT) {
        holders.merge(
            place.user(),
            new Holder(
                shown.apply(place.user()),
                isServicePrincipal.test(place.user()),
                1,
                now.minus(place.age()).truncatedTo(ChronoUnit.MILLIS)),
            Facts::together);
      }
    }
    return holders.values().stream()
        .sorted(Comparator.comparing(Holder::since))
        .limit(MOST)
        .toList();
  }

  private static Holder together(Holder one, Holder other) {
    return new Holder(
        one.user(),
        one.servicePrincipal(),
        one.connections() + other.connections(),
        one.since().isBefore(other.since()) ? one.since() : other.since());
  }

  List<Login> loggingIn() {
    return pools.places().stream()
        .filter(it -> it.state() == State.LOGGING_IN)
        .map(
            it ->
                new Login(
                    shown.apply(it.user()),
                    isServicePrincipal.test(it.user()),
                    now.minus(it.age()).truncatedTo(ChronoUnit.MILLIS)))
        .sorted(Comparator.comparing(Login::since))
        .limit(MOST)
        .toList();
  }

  List<Waiting> waiting() {
    return pools.waiting().stream()
        .limit(MOST)
        .map(
            it ->
                new Waiting(
                    shown.apply(it.user()),
                    isServicePrincipal.test(it.user()),
                    it.callers(),
                    spelt(it.awaited()),
                    now.minus(it.age()).truncatedTo(ChronoUnit.MILLIS)))
        .toList();
  }

  List<Eviction> evictions() {
    return pools.evictions().stream()
        .limit(MOST)
        .map(
            it ->
                new Eviction(
                    shown.apply(it.user()),
                    isServicePrincipal.test(it.user()),
                    spelt(it.cause()),
                    it.successor().map(shown).orElse(null),
                    now.minus(it.ago()).truncatedTo(ChronoUnit.MILLIS),
                    now.minus(it.ago()).minus(it.unused()).truncatedTo(ChronoUnit.MILLIS),
                    it.leases()))
        .toList();
  }

  List<BackOff> backOffs() {
    return pools.backOffs().stream()
        .limit(MOST)
        .map(
            it ->
                new BackOff(
                    shown.apply(it.user()),
                    isServicePrincipal.test(it.user()),
                    it.sqlState(),
                    reason(it.sqlState()),
                    now.plus(it.left()).truncatedTo(ChronoUnit.MILLIS)))
        .toList();
  }

  private static String spelt(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** PostgreSQL manual, appendix A; 08004 is ours, for a credential that was not to be had. */
  private static String reason(String sqlState) {
    if (sqlState.equals("08004")) {
      return "no credential was given";
    }
    return switch (sqlState.substring(0, Math.min(2, sqlState.length()))) {
      case "08" -> "the server can't be reached";
      case "28" -> "the role or its credential is refused";
      case "3D" -> "there is no such database";
      case "53" -> "the server has no room";
      case "57" -> "the server is starting or stopping";
      default -> "the login failed";
    };
  }
}
