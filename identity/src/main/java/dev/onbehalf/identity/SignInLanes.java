package dev.onbehalf.identity;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.onbehalf.identity.Lane.Bounds;
import dev.onbehalf.identity.Lane.Turn;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/**
 * Who stands behind whom to be proved: nobody who was proved before behind those who never were.
 *
 * <pre>
 *   this token was proved before     renewals     8 at once, in the order in which they come;
 *                                                 one of a person
 *   this address was proved before   known        3 at once, one of an address; addresses take
 *                                                 turns, those that were not asked about go first
 *   neither                          strangers    4 at once; who comes again goes first, then who
 *                                                 came last
 * </pre>
 *
 * <p>Whoever invents tokens can get into the lane of strangers, and with a known address into that
 * of the known, but never into that of renewals: for that the token has to be proved, which is the
 * issuer's word. What the lanes can't tell apart they leave to who insists: a made-up token costs a
 * look-up once, so one that was sent away and comes again is likelier to be a person's. Against a
 * flood that repeats its tokens as well, a newcomer has to come as often as it does.
 *
 * <p>What a lane sheds is sent away at once. The bounds are such that those who are not proved hold
 * fewer than 200 threads of callers, which is what a servlet container has by default.
 *
 * <p>All memory is bounded. Only what was proved writes into that of tokens, and one person takes
 * one place in it, however many tokens they have. Thread-safe.
 */
final class SignInLanes {
  private static final Bounds RENEWALS = new Bounds(8, 1_000, 1_000);
  private static final Bounds KNOWN = new Bounds(3, 32, 32);
  private static final Bounds STRANGERS = new Bounds(4, 44, 64);

  /** How long an address counts as proved before, since it last was. */
  private static final Duration MEMORY = Duration.ofDays(7);

  private static final int TOKENS_OF_A_PERSON = 4;
  private static final Duration SENT_AWAY_MEMORY = Duration.ofMinutes(1);
  private static final long MAXIMUM_SIZE = 20_000;

  private final Lane renewals;
  private final Lane known;
  private final Lane strangers;

  /** By a proved address in small letters: the hashes of the tokens that proved it last. */
  private final Cache<String, List<String>> tokens;

  private final Cache<String, Integer> sentAway;
  private final AtomicLong number = new AtomicLong();

  SignInLanes(Clock clock, ExecutorService threads) {
    renewals = new Lane(RENEWALS, threads);
    known = new Lane(KNOWN, threads);
    strangers = new Lane(STRANGERS, threads);
    tokens = memory(MEMORY, clock);
    sentAway = memory(SENT_AWAY_MEMORY, clock);
  }

  private static <V> Cache<String, V> memory(Duration duration, Clock clock) {
    return Caffeine.newBuilder()
        .maximumSize(MAXIMUM_SIZE)
        .expireAfterWrite(duration)
        .ticker(() -> TimeUnit.MILLISECONDS.toNanos(clock.millis()))
        .executor(Runnable::run)
        .build();
  }

  /** Where, and behind whom. */
  record Place(Lane lane, Turn turn) {}

  /**
   * The place of a request whose proof is not at hand.
   *
   * @param address who the token is said to belong to, in small letters
   * @param token the token's hash
   */
  Place place(String address, String token) {
    List<String> proved = tokens.getIfPresent(address);
    if (proved != null && proved.contains(token)) {
      return new Place(renewals, new Turn(address, 0, number.incrementAndGet()));
    }
    Integer before = sentAway.getIfPresent(token);
    int times = before == null ? 0 : before;
    long latestFirst = -number.incrementAndGet();
    return proved != null
        ? new Place(known, new Turn(address, times, latestFirst))
        : new Place(strangers, new Turn(token, times, latestFirst));
  }

  /** The token was proved to be that user's, whose name is given in small letters. */
  void proved(String user, String token) {
    tokens
        .asMap()
        .merge(
            user,
            List.of(token),
            (older, newer) ->
                Stream.concat(newer.stream(), older.stream())
                    .distinct()
                    .limit(TOKENS_OF_A_PERSON)
                    .toList());
  }

  /** The token is nobody's, or not any longer. */
  void refused(String address, String token) {
    tokens
        .asMap()
        .computeIfPresent(
            address, (user, all) -> all.stream().filter(it -> !it.equals(token)).toList());
  }

  /** There was no room for a request with this token. */
  void sentAway(String token) {
    sentAway.asMap().merge(token, 1, Integer::sum);
  }
}
