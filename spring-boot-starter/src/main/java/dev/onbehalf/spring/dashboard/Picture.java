package dev.onbehalf.spring.dashboard;

import dev.onbehalf.identity.FleetStatus;
import dev.onbehalf.pool.PoolSnapshot;
import dev.onbehalf.pool.PoolSnapshot.Awaited;
import dev.onbehalf.pool.PoolSnapshot.Eviction;
import dev.onbehalf.pool.PoolSnapshot.Place;
import dev.onbehalf.pool.PoolSnapshot.State;
import dev.onbehalf.pool.PoolStatistics;
import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What is drawn, from one look at the pools to the next. A connection has its square from its login
 * to its end; a square that became free is the next login's, so that whoever gets another's place
 * is seen to take it. After each look there are two messages: all, for who has just come, and what
 * has changed, for the others.
 *
 * <pre>
 *   {"now": ms, "budget": 50, "bears": 50,
 *    "places": [[square, state, key, label, application, since, used], [square], ...],
 *    "waiting": [[key, label, application, callers, what for, since], ...],
 *    "evictions": [[key, label, application, cause, when,
 *                   successor's key or "", label, application], ...],
 *    "seconds": [[at, hit rate, logins, p50, p99, waiting, evicted], ...],
 *    "level": "fine", "budgetSays": "...", "usersSay": "...",
 *    "fleet": {"limit": 90, "members": [[number, share, connections, this one], ...]}}
 * </pre>
 *
 * Times are in milliseconds since 1970, percentiles in microseconds; -1 is "nothing to say". From
 * {@code level} on it is said once a second; a fleet, where there is one. Not thread-safe.
 */
final class Picture {
  static final int SECONDS_KEPT = 180;
  static final int SECONDS_JUDGED = 10;
  private static final int MOST_WAITING = 40;
  private static final int EVICTIONS_AT_FIRST = 8;

  private final People people;
  private final Supplier<Optional<FleetStatus>> fleet;
  private final Map<Long, Integer> squares = new HashMap<>();
  private final BitSet taken = new BitSet();
  private final Map<Integer, Square> drawn = new HashMap<>();
  private final Deque<Second> seconds = new ArrayDeque<>();
  private final Set<Long> evictionsTold = new HashSet<>();
  private final Tally tally = new Tally();
  private @Nullable PoolSnapshot latest;
  private Json change = new Json().open('{');

  /** A square as it was drawn last. */
  private record Square(
      long connection, Person person, State state, long since, long leases, boolean used) {
    boolean looksLike(@Nullable Square other) {
      return other != null
          && connection == other.connection
          && state == other.state
          && leases == other.leases
          && used == other.used;
    }
  }

  Picture(People people, Supplier<Optional<FleetStatus>> fleet) {
    this.people = people;
    this.fleet = fleet;
  }

  /** One look. */
  void look(PoolSnapshot pools, long now) {
    latest = pools;
    tally.look(pools);
    Json json = begin(now, pools.totals());
    json.name("places").open('[');
    drawChanges(pools, now, json);
    json.close(']');
    waiting(pools, now, json);
    evictions(newOnes(pools.evictions()), now, json);
    change = json;
  }

  /** A second is over, since the look before the latest one. */
  void second(AcquireTimes.Counts times, long now) {
    if (latest == null) {
      return;
    }
    Second second = tally.end(latest.totals(), times, now);
    seconds.addLast(second);
    if (seconds.size() > SECONDS_KEPT) {
      seconds.removeFirst();
    }
    judged(List.of(second), latest, now, change);
  }

  /** What has changed at the latest look; asked once for each. */
  String change() {
    return change.close('}').toString();
  }

  /** All, as of the latest look. */
  String all(long now) {
    PoolSnapshot pools = latest;
    if (pools == null) {
      return "{}";
    }
    Json json = begin(now, pools.totals());
    json.name("all").value(1);
    json.name("places").open('[');
    drawn.forEach((square, it) -> draw(square, it, json));
    json.close(']');
    waiting(pools, now, json);
    evictions(
        pools.evictions().subList(0, Math.min(EVICTIONS_AT_FIRST, pools.evictions().size())),
        now,
        json);
    judged(seconds, pools, now, json);
    return json.close('}').toString();
  }

  private static Json begin(long now, PoolStatistics totals) {
    return new Json()
        .open('{')
        .name("now")
        .value(now)
        .name("budget")
        .value(totals.maxConnections())
        .name("bears")
        .value(totals.effectiveMaxConnections())
        .name("users")
        .value(totals.users());
  }

  // The squares

  private void drawChanges(PoolSnapshot pools, long now, Json json) {
    Map<Long, Place> places = new LinkedHashMap<>();
    pools.places().forEach(place -> places.put(place.connection(), place));
    free(places.keySet(), json);
    for (Place place : places.values()) {
      int square = squares.computeIfAbsent(place.connection(), connection -> take());
      Square before = drawn.get(square);
      boolean used =
          before != null
              && before.connection() == place.connection()
              && place.leases() > before.leases();
      Square after =
          new Square(
              place.connection(),
              people.of(place.user()),
              place.state(),
              now - place.age().toMillis(),
              place.leases(),
              used);
      if (!after.looksLike(before)) {
        drawn.put(square, after);
        draw(square, after, json);
      }
    }
  }

  private int take() {
    int square = taken.nextClearBit(0);
    taken.set(square);
    return square;
  }

  private void free(Set<Long> connections, Json json) {
    for (Iterator<Map.Entry<Long, Integer>> it = squares.entrySet().iterator(); it.hasNext(); ) {
      Map.Entry<Long, Integer> entry = it.next();
      if (!connections.contains(entry.getKey())) {
        int square = entry.getValue();
        it.remove();
        taken.clear(square);
        drawn.remove(square);
        json.open('[').value(square).close(']');
      }
    }
  }

  private static void draw(int square, Square it, Json json) {
    json.open('[').value(square).value(letter(it.state()));
    whose(it.person(), json).value(it.since()).value(it.used()).close(']');
  }

  private static Json whose(Person person, Json json) {
    return json.value(person.key()).value(person.label()).value(person.isApplication());
  }

  private static String letter(State state) {
    return switch (state) {
      case LOGGING_IN -> "g";
      case IDLE -> "i";
      case LENT -> "l";
      case CHECKED -> "c";
      case CLOSING -> "x";
    };
  }

  // Who waits, and what was closed

  private void waiting(PoolSnapshot pools, long now, Json json) {
    json.name("waiting").open('[');
    pools.waiting().stream()
        .limit(MOST_WAITING)
        .forEach(
            it -> {
              whose(people.of(it.user()), json.open('['))
                  .value(it.callers())
                  .value(words(it.awaited()))
                  .value(now - it.age().toMillis())
                  .close(']');
            });
    json.close(']')
        .name("waitingUsers")
        .value(pools.totals().usersWaiting())
        .name("waitingCallers")
        .value(pools.totals().waiting());
  }

  private static String words(Awaited awaited) {
    return switch (awaited) {
      case CREDENTIAL -> "a credential";
      case LOGIN -> "a login";
      case PLACE -> "a free place";
      case OWN_CONNECTION -> "a connection of their own";
      case RESUMPTION -> "the end of a pause";
    };
  }

  private List<Eviction> newOnes(List<Eviction> evictions) {
    List<Eviction> fresh =
        evictions.stream().filter(it -> !evictionsTold.contains(it.connection())).toList();
    evictionsTold.clear();
    evictions.forEach(it -> evictionsTold.add(it.connection()));
    return fresh;
  }

  private void evictions(List<Eviction> evictions, long now, Json json) {
    json.name("evictions").open('[');
    for (Eviction it : evictions) {
      Person successor = it.successor().map(people::of).orElse(new Person("", "", false));
      whose(people.of(it.user()), json.open('['))
          .value(it.cause().name())
          .value(now - it.ago().toMillis());
      whose(successor, json).close(']');
    }
    json.close(']');
  }

  // The seconds, and what they mean

  private void judged(Collection<Second> told, PoolSnapshot pools, long now, Json json) {
    json.name("seconds").open('[');
    for (Second it : told) {
      json.open('[')
          .value(it.at())
          .value(it.hitRate())
          .value(it.logins())
          .value(it.p50())
          .value(it.p99())
          .value(it.waitingForPlace() + it.waitingForOwn())
          .value(it.evicted())
          .close(']');
    }
    json.close(']');
    Map<Person, Integer> places = new HashMap<>();
    pools.places().stream()
        .filter(it -> it.state() != State.CLOSING)
        .forEach(it -> places.merge(people.of(it.user()), 1, Integer::sum));
    List<Second> lately =
        Stream.concat(
                seconds.stream().skip(Math.max(0, seconds.size() - SECONDS_JUDGED)),
                Stream.of(tally.soFar(pools.totals(), now)))
            .toList();
    Verdict verdict = Verdict.of(pools.totals(), lately, places);
    json.name("level")
        .value(verdict.level().name())
        .name("budgetSays")
        .value(verdict.budget())
        .name("usersSay")
        .value(verdict.users());
    fleet.get().ifPresent(it -> fleet(it, json));
  }

  private static void fleet(FleetStatus fleet, Json json) {
    json.name("fleet").open('{').name("limit").value(fleet.limit()).name("members").open('[');
    for (FleetStatus.Member it : fleet.members()) {
      json.open('[')
          .value(it.number())
          .value(it.share())
          .value(it.connections())
          .value(it.own())
          .close(']');
    }
    json.close(']').close('}');
  }
}
