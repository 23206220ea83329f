package dev.onbehalf.identity;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntUnaryOperator;

/**
 * How many connections are whose. Only arithmetic: {@link FleetLink} reads the members and writes
 * what this says, under the lock of the fleet.
 *
 * <p>What all members have together is never more than there are places, for each takes only what
 * is free and gives up only what is closed:
 *
 * <pre>
 *   more members    target falls   share falls as connections close, then others' rises
 *   fewer members   target rises   share rises by what the gone one's has freed
 *   gone            share falls to the connections that the server still counts, then the row goes
 * </pre>
 *
 * <p>Some of the limit is nobody's: a newcomer has one connection before it has a share. A share is
 * enough for the service principal's reserve, one person and the link, or for the link alone: those
 * for whom there is not enough wait for others to go, the latest come first.
 */
final class FleetShares {
  /** So many may be about to join at once. */
  static final int JOINING = 2;

  private FleetShares() {}

  /**
   * A member as the table has it.
   *
   * @param alive whether the server has the session by which it is a member
   * @param over whether it has been gone for so long that what it was opening is open or given up,
   *     or the server has started anew since
   * @param marked whether its end was noticed before
   * @param backends how many connections of it the server counts
   */
  record Member(
      String id, int share, int limit, boolean alive, boolean over, boolean marked, int backends) {

    /** What is still its own. */
    int rest() {
      return over ? Math.min(share, backends) : share;
    }
  }

  /**
   * What is to be.
   *
   * @param share what this member may count on now
   * @param target what it should have
   * @param lost connections that it has no more, and the server still counts: the network lost them
   * @param living who takes part
   */
  record Plan(int limit, int share, int target, int lost, List<FleetStatus.Member> living) {

    boolean isSettled() {
      return share == target && lost == 0;
    }

    /** How many connections its pool may hold, besides the link. */
    int poolSize(int minimum) {
      int usable = Math.min(share, target);
      return usable < minimum ? 0 : Math.max(0, usable - 1 - lost);
    }
  }

  /**
   * The plan of one member.
   *
   * @param members all of them, the eldest first
   * @param held told the target, which it exceeds no further from then on, says how many
   *     connections the member holds, the link included
   * @param minimum the least share with which anybody is served
   */
  static Plan of(List<Member> members, String me, IntUnaryOperator held, int minimum) {
    List<Member> living = members.stream().filter(it -> it.alive() || it.id().equals(me)).toList();
    Member own = living.stream().filter(it -> it.id().equals(me)).findFirst().orElseThrow();
    int limit = living.stream().mapToInt(Member::limit).min().orElseThrow();
    int places = Math.max(0, limit - JOINING);
    int target = target(living.indexOf(own), living.size(), places, minimum);
    int others = members.stream().filter(it -> !it.id().equals(me)).mapToInt(Member::rest).sum();
    int share = own.share();
    int holds = held.applyAsInt(target);
    if (share > target) {
      share = Math.max(target, Math.min(share, Math.max(holds, own.backends())));
    } else {
      int free = places - others - share;
      if (share >= minimum) {
        free -= wantedByNewcomers(living, places, minimum);
      }
      int more = share + Math.min(target - share, Math.max(0, free));
      share = more >= minimum ? more : Math.max(share, Math.min(more, 1));
    }
    int lost = Math.max(0, own.backends() - holds);
    return new Plan(limit, share, target, lost, shown(living, me, share));
  }

  private static List<FleetStatus.Member> shown(List<Member> living, String me, int share) {
    List<FleetStatus.Member> shown = new ArrayList<>();
    for (Member it : living) {
      boolean own = it.id().equals(me);
      shown.add(new FleetStatus.Member(it.id(), own ? share : it.share(), it.backends(), own));
    }
    return shown;
  }

  /** Whoever serves nobody yet comes before those who could serve more. */
  private static int wantedByNewcomers(List<Member> living, int places, int minimum) {
    int wanted = 0;
    for (int index = 0; index < living.size(); index++) {
      int share = living.get(index).share();
      if (share < minimum && target(index, living.size(), places, minimum) >= minimum) {
        wanted += minimum - share;
      }
    }
    return wanted;
  }

  private static int target(int index, int living, int places, int minimum) {
    int served = Math.min(living, Math.max(0, places - living) / Math.max(1, minimum - 1));
    if (index >= served) {
      return index < places ? 1 : 0;
    }
    int together = places - (living - served);
    return together / served + (index < together % served ? 1 : 0);
  }
}
