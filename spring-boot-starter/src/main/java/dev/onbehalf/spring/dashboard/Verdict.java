package dev.onbehalf.spring.dashboard;

import dev.onbehalf.pool.PoolStatistics;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;

/**
 * Whether the budget is large enough and who uses it, in a sentence each, of the last ten seconds.
 *
 * @param level how much that matters
 * @param budget about the budget
 * @param users about who uses it
 */
record Verdict(Level level, String budget, String users) {
  /** Fewer logins than this in ten seconds are worth no sentence. */
  private static final int SOME_EVICTIONS = 10;

  /** Seconds that are judged, when so many have been seen: the last of them is not over. */
  private static final int ALL = Picture.SECONDS_JUDGED + 1;

  /** Who waits for less is no news. */
  private static final long LONG_WAIT_MILLIS = 500;

  enum Level {
    FINE,
    CLOSE,
    TOO_SMALL
  }

  /**
   * Says it.
   *
   * @param places how many each has
   */
  static Verdict of(PoolStatistics now, Collection<Second> lately, Map<Person, Integer> places) {
    String users = users(places);
    long acquired = sum(lately, Second::acquired);
    long logins = sum(lately, Second::logins);
    long evicted = sum(lately, Second::evicted);
    long timeouts = sum(lately, Second::timeouts);
    long failed = sum(lately, Second::failed);
    long forPlace = most(lately, Second::waitingForPlace);
    long forOwn = most(lately, Second::waitingForOwn);
    long secondsFull = lately.stream().filter(it -> it.waitingForPlace() > 0).count();
    long longest = most(lately, Second::longestMillis);
    int budget = now.effectiveMaxConnections();
    if (secondsFull > 1 || (secondsFull > 0 && timeouts > 0)) {
      return new Verdict(
          Level.TOO_SMALL,
          "The budget is too small: all %s places are in use, and %s a place, up to %s.%s"
              .formatted(
                  budget,
                  callers(forPlace) + (forPlace == 1 ? " waits for" : " wait for"),
                  duration(longest),
                  serverFull(now)),
          users);
    }
    if (evicted >= SOME_EVICTIONS && evicted * 5 >= acquired) {
      return new Verdict(
          Level.CLOSE,
          "The budget is small for so many people: of the last %s requests %s had to log in, and %s connections were closed to make room."
                  .formatted(acquired, logins, evicted)
              + serverFull(now),
          users);
    }
    if (now.isServerFull()) {
      return new Verdict(Level.CLOSE, serverFull(now).strip(), users);
    }
    if (failed > 0 && acquired == 0) {
      return new Verdict(
          Level.CLOSE,
          "Nobody got a connection %s: %s."
              .formatted(since(lately), failed == 1 ? "a login failed" : failed + " logins failed"),
          users);
    }
    if (forOwn > 0 && longest >= LONG_WAIT_MILLIS) {
      return new Verdict(
          Level.CLOSE,
          "The budget is large enough. %s waited for a connection that their own person had in use, up to %s."
              .formatted(capital(callers(forOwn)), duration(longest)),
          users);
    }
    if (acquired == 0 && now.inUse() == 0) {
      return new Verdict(
          Level.FINE, "It is quiet: nobody got a connection %s.".formatted(since(lately)), users);
    }
    return new Verdict(
        Level.FINE,
        "The budget is large enough: at most %s of %s places were in use, and nobody waited for one."
            .formatted(most(lately, Second::lent), budget),
        users);
  }

  /** Of what was before somebody looked nothing is known. */
  private static String since(Collection<Second> lately) {
    return lately.size() < ALL ? "since this picture began" : "in the last ten seconds";
  }

  private static String serverFull(PoolStatistics now) {
    return now.isServerFull()
        ? " The server bears only %s of the budget’s %s connections."
            .formatted(now.effectiveMaxConnections(), now.maxConnections())
        : "";
  }

  private static String callers(long number) {
    return number == 1 ? "one caller" : number + " callers";
  }

  private static String capital(String words) {
    return Character.toUpperCase(words.charAt(0)) + words.substring(1);
  }

  private static String duration(long millis) {
    return millis < 1_000 ? millis + " ms" : String.format(Locale.ROOT, "%.1f s", millis / 1_000.0);
  }

  private static String users(Map<Person, Integer> places) {
    if (places.isEmpty()) {
      return "Nobody has a connection.";
    }
    int most = places.values().stream().mapToInt(Integer::intValue).max().orElse(0);
    if (places.size() > 1 && most == 1) {
      return "%s have one connection each.".formatted(who(places.keySet()));
    }
    List<Map.Entry<Person, Integer>> first =
        places.entrySet().stream()
            .sorted(
                Map.Entry.<Person, Integer>comparingByValue()
                    .reversed()
                    .thenComparing(it -> it.getKey().label()))
            .limit(3)
            .toList();
    String named =
        first.stream()
            .map(it -> "%s has %s".formatted(it.getKey().label(), it.getValue()))
            .collect(Collectors.joining(", "));
    int others = places.size() - first.size();
    if (others == 0) {
      return "Most connections: %s.".formatted(named);
    }
    int atMost = first.get(first.size() - 1).getValue();
    return "Most connections: %s; %s %s at most."
        .formatted(named, others == 1 ? "one other has" : others + " others have", atMost);
  }

  private static String who(Set<Person> persons) {
    long people = persons.stream().filter(it -> !it.isApplication()).count();
    String said = people == 1 ? "One person" : people + " people";
    return people < persons.size() ? said + " and the application" : said;
  }

  private static long sum(Collection<Second> lately, ToLongFunction<Second> what) {
    return lately.stream().mapToLong(what).sum();
  }

  private static long most(Collection<Second> lately, ToLongFunction<Second> what) {
    return lately.stream().mapToLong(what).max().orElse(0);
  }
}
