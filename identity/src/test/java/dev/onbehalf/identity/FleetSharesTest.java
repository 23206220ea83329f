package dev.onbehalf.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.onbehalf.identity.FleetShares.Member;
import dev.onbehalf.identity.FleetShares.Plan;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Members come, work, shrink, go and are killed at random; nobody has what is another's. */
class FleetSharesTest {
  private static final int MINIMUM = 4;

  /** One instance: what it may hold, and holds. */
  private static final class Instance {
    final String id;
    final int limit;
    int share;
    int size;
    int open;
    boolean alive = true;
    boolean marked;
    boolean over;

    Instance(String id, int limit) {
      this.id = id;
      this.limit = limit;
    }

    Member member() {
      int backends = open + (alive ? 1 : 0);
      return new Member(id, share, limit, alive, over, marked, backends);
    }
  }

  private static void balance(Instance self, List<Instance> all) {
    for (Instance gone : List.copyOf(all)) {
      if (!gone.alive) {
        gone.over |= gone.marked;
        gone.marked = true;
        if (gone.over) {
          gone.share = gone.member().rest();
          if (gone.open == 0) {
            all.remove(gone);
          }
        }
      }
    }
    List<Member> members = all.stream().map(Instance::member).toList();
    Plan plan =
        FleetShares.of(
            members,
            self.id,
            target -> {
              self.size = Math.min(self.size, target < MINIMUM ? 0 : target - 1);
              return self.open + 1;
            },
            MINIMUM);
    self.share = plan.share();
    self.size = plan.poolSize(MINIMUM);
  }

  private static int together(List<Instance> all) {
    return all.stream().mapToInt(it -> it.open + (it.alive && it.share > 0 ? 1 : 0)).sum();
  }

  @Test
  void theSumIsNeverAboveTheLimit() {
    long first = System.nanoTime();
    for (long seed = first; seed < first + 800; seed++) {
      Random random = new Random(seed);
      int limit = 6 + random.nextInt(60);
      List<Instance> all = new ArrayList<>();
      for (int step = 0; step < 150; step++) {
        List<Instance> living = all.stream().filter(it -> it.alive).toList();
        Instance any = living.isEmpty() ? null : living.get(random.nextInt(living.size()));
        switch (random.nextInt(8)) {
          case 0 -> {
            if (living.size() < 6 && living.stream().allMatch(it -> it.share > 0)) {
              all.add(new Instance("i" + step, limit));
            }
          }
          case 1 -> {
            if (any != null && random.nextInt(6) == 0) {
              any.alive = false; // killed
            }
          }
          case 2 -> all.stream().filter(it -> !it.alive && it.open > 0).forEach(it -> it.open--);
          case 3 -> {
            if (any != null && any.open > 0) {
              any.open--; // closed
            }
          }
          case 4, 5 -> {
            if (any != null && any.open < any.size) {
              any.open += 1 + random.nextInt(any.size - any.open);
            }
          }
          default -> {
            if (any != null) {
              balance(any, all);
            }
          }
        }
        assertThat(together(all)).as("seed %s", seed).isLessThanOrEqualTo(limit);
        assertThat(all.stream().mapToInt(it -> it.share).sum())
            .as("seed %s", seed)
            .isLessThanOrEqualTo(limit - FleetShares.JOINING);
        for (Instance each : all) {
          assertThat(each.size).as("never less than a reserve and one").isNotIn(1, 2);
        }
      }
      settle(all, seed);
    }
  }

  /** Where nobody comes or goes, all have what they should, and nothing is left that helps. */
  private static void settle(List<Instance> all, long seed) {
    List<Instance> living = all.stream().filter(it -> it.alive).toList();
    all.forEach(it -> it.open = 0);
    for (int round = 0; round < 6; round++) {
      living.forEach(it -> balance(it, all));
    }
    for (Instance each : living) {
      int before = each.share;
      balance(each, all);
      assertThat(each.share).as("settled, seed %s", seed).isEqualTo(before);
    }
    List<Integer> served = living.stream().map(it -> it.share).filter(it -> it > 1).toList();
    if (!served.isEmpty()) {
      int most = served.stream().max(Integer::compare).orElseThrow();
      int least = served.stream().min(Integer::compare).orElseThrow();
      assertThat(most - least).as("fair, seed %s", seed).isLessThanOrEqualTo(1);
      assertThat(least).isGreaterThanOrEqualTo(MINIMUM);
    }
  }

  @Test
  void whereThereIsNotEnoughForAllTheEldestAreServed() {
    List<Member> three = new ArrayList<>();
    for (String id : List.of("a", "b", "c")) {
      three.add(new Member(id, 0, 11, true, false, false, 1));
    }
    // 9 places: 4 and 4 and the link of the third
    assertThat(FleetShares.of(three, "a", target -> 1, MINIMUM).target()).isEqualTo(4);
    assertThat(FleetShares.of(three, "b", target -> 1, MINIMUM).target()).isEqualTo(4);
    Plan third = FleetShares.of(three, "c", target -> 1, MINIMUM);
    assertThat(third.target()).isEqualTo(1);
    assertThat(third.poolSize(MINIMUM)).isZero();
  }

  /** What a killed one has left would else go to those who are served already, bit by bit. */
  @Test
  void whoServesNobodyYetComesFirst() {
    List<Member> members =
        List.of(
            new Member("a", 7, 30, true, false, false, 7),
            new Member("b", 7, 30, true, false, false, 7),
            new Member("new", 1, 30, true, false, false, 1),
            new Member("gone", 9, 30, false, false, true, 0));
    assertThat(FleetShares.of(members, "a", target -> 7, MINIMUM).share())
        .as("of four free places three are the newcomer's")
        .isEqualTo(8);
    assertThat(FleetShares.of(members, "new", target -> 1, MINIMUM).share()).isEqualTo(5);
  }

  @Test
  void theLeastLimitCounts() {
    List<Member> two =
        List.of(
            new Member("a", 18, 20, true, false, false, 18),
            new Member("b", 0, 12, true, false, false, 1));
    Plan plan = FleetShares.of(two, "a", target -> 3, MINIMUM);
    assertThat(plan.limit()).isEqualTo(12);
    assertThat(plan.share()).as("what the server still counts").isEqualTo(18);
    assertThat(plan.target()).isEqualTo(5);
    assertThat(plan.lost()).isEqualTo(15);
    assertThat(plan.poolSize(MINIMUM)).as("nothing more until those are gone").isZero();
  }
}
