package dev.onbehalf.spring.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.onbehalf.pool.PoolStatistics;
import dev.onbehalf.pool.PoolStatistics.Evictions;
import dev.onbehalf.spring.dashboard.Verdict.Level;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What somebody reads who looks for ten seconds. */
class VerdictTest {
  private static final Person ALICE = new Person("00", "a***@example.com", false);
  private static final Person BOB = new Person("01", "b***@example.com", false);

  private static PoolStatistics pools(int bears, int inUse) {
    return new PoolStatistics(
        50, bears, inUse, inUse, 0, 0, 0, 9, 0, 0, 0, 0, 0, new Evictions(0, 0, 0, 0, 0));
  }

  private static List<Second> seconds(
      int lent, int forPlace, int forOwn, int acquired, int evicted) {
    return Collections.nCopies(
        11, new Second(0, lent, forPlace, forOwn, 2_300, acquired, evicted, 0, evicted, 0, 1, 1));
  }

  private static Verdict verdict(PoolStatistics pools, List<Second> seconds) {
    return Verdict.of(pools, seconds, Map.of(ALICE, 3, BOB, 1));
  }

  @Test
  void aBudgetThatPeopleWaitForIsTooSmall() {
    Verdict verdict = verdict(pools(50, 50), seconds(50, 14, 0, 100, 0));
    assertThat(verdict.level()).isEqualTo(Level.TOO_SMALL);
    assertThat(verdict.budget())
        .isEqualTo(
            "The budget is too small: all 50 places are in use, and 14 callers wait for a place, up"
                + " to 2.3 s.");
  }

  @Test
  void oneMomentOfWaitingIsNoVerdict() {
    List<Second> seconds =
        List.of(
            new Second(0, 50, 1, 0, 20, 100, 0, 0, 0, 0, 1, 1),
            new Second(0, 9, 0, 0, 0, 100, 0, 0, 0, 0, 1, 1));
    assertThat(verdict(pools(50, 9), seconds).level()).isEqualTo(Level.FINE);
  }

  @Test
  void aBudgetOfWhichConnectionsAreClosedForOthersIsSmall() {
    Verdict verdict = verdict(pools(50, 20), seconds(20, 0, 0, 100, 40));
    assertThat(verdict.level()).isEqualTo(Level.CLOSE);
    assertThat(verdict.budget())
        .contains("of the last 1100 requests 440 had to log in, and 440 connections were closed");
  }

  @Test
  void onePersonsOwnLimitIsNotTheBudgets() {
    Verdict verdict = verdict(pools(50, 3), seconds(3, 0, 5, 100, 0));
    assertThat(verdict.budget())
        .isEqualTo(
            "The budget is large enough. 5 callers waited for a connection that their own person had"
                + " in use, up to 2.3 s.");
  }

  @Test
  void aServerThatIsFullBeforeIsSaid() {
    assertThat(verdict(pools(30, 3), seconds(3, 0, 0, 100, 0)).budget())
        .isEqualTo("The server bears only 30 of the budget’s 50 connections.");
  }

  @Test
  void whatIsWellAndWhatIsQuietIsSaidToo() {
    assertThat(verdict(pools(50, 12), seconds(12, 0, 0, 100, 1)).budget())
        .isEqualTo(
            "The budget is large enough: at most 12 of 50 places were in use, and nobody waited for"
                + " one.");
    assertThat(verdict(pools(50, 0), seconds(0, 0, 0, 0, 0)).budget())
        .isEqualTo("It is quiet: nobody got a connection in the last ten seconds.");
  }

  @Test
  void ofWhatWasBeforeTheFirstLookNothingIsSaid() {
    List<Second> first = List.of(new Second(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1));
    assertThat(verdict(pools(50, 0), first).budget())
        .isEqualTo("It is quiet: nobody got a connection since this picture began.");
  }

  @Test
  void aDatabaseThatLetsNobodyInIsNotQuiet() {
    List<Second> refused =
        Collections.nCopies(11, new Second(0, 0, 0, 0, 0, 0, 0, 2, 0, 0, -1, -1));
    Verdict verdict = verdict(pools(50, 0), refused);
    assertThat(verdict.level()).isEqualTo(Level.CLOSE);
    assertThat(verdict.budget())
        .isEqualTo("Nobody got a connection in the last ten seconds: 22 logins failed.");
  }

  @Test
  void whoUsesItIsNamedTheMostFirst() {
    assertThat(verdict(pools(50, 4), List.of()).users())
        .isEqualTo("Most connections: a***@example.com has 3, b***@example.com has 1.");
    assertThat(Verdict.of(pools(50, 2), List.of(), Map.of(ALICE, 1, BOB, 1)).users())
        .isEqualTo("2 people have one connection each.");
    Person application = new Person("02", "the application", true);
    assertThat(Verdict.of(pools(50, 2), List.of(), Map.of(ALICE, 1, application, 1)).users())
        .isEqualTo("One person and the application have one connection each.");
    Map<Person, Integer> many = new HashMap<>(Map.of(ALICE, 3, BOB, 2));
    for (int i = 0; i < 9; i++) {
      many.put(new Person("1" + i, "c%s@example.com".formatted(i), false), 1);
    }
    assertThat(Verdict.of(pools(50, 14), List.of(), many).users())
        .isEqualTo(
            "Most connections: a***@example.com has 3, b***@example.com has 2, c0@example.com has 1;"
                + " 8 others have 1 at most.");
    assertThat(Verdict.of(pools(50, 0), List.of(), Map.of()).users())
        .isEqualTo("Nobody has a connection.");
  }
}
