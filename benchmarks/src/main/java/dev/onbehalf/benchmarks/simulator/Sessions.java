package dev.onbehalf.benchmarks.simulator;

import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.SplittableRandom;

/**
 * People in sessions, in real time: they arrive at random (Poisson), some more often than others
 * (Zipf 0.99), make 5 to 60 requests with a pause between two (exponential), and leave. How many
 * are present goes up and down about the mean. Nobody waits for an answer: when a request is due
 * depends on nothing but chance.
 *
 * <p>Not thread-safe.
 */
public final class Sessions {
  static final int SHORTEST = 5;
  static final int LONGEST = 60;

  private record Visit(double time, int user, int requestsLeft) {}

  private final PriorityQueue<Visit> due =
      new PriorityQueue<>(Comparator.comparingDouble(Visit::time));
  private final Zipf who;
  private final double think;
  private final double betweenArrivals;
  private final SplittableRandom random;
  private double arrival;
  private double time;

  /**
   * Starts with nobody present.
   *
   * @param users how many people there are
   * @param meanPresent how many of them are present on average, once the first have left
   * @param think how long they pause on average, in any unit
   */
  public Sessions(int users, double meanPresent, double think, SplittableRandom random) {
    this.who = new Zipf(users, 0.99);
    this.think = think;
    this.betweenArrivals = think * (SHORTEST + LONGEST) / 2 / meanPresent;
    this.random = random;
  }

  /** Whose request is next; {@link #time()} tells when. */
  public int next() {
    while (due.isEmpty() || arrival <= due.element().time()) {
      int count = random.nextInt(SHORTEST, LONGEST + 1);
      due.add(new Visit(arrival, who.next(random), count));
      arrival += Traces.exponential(betweenArrivals, random);
    }
    Visit visit = due.remove();
    time = visit.time();
    if (visit.requestsLeft() > 1) {
      double next = time + Traces.exponential(think, random);
      due.add(new Visit(next, visit.user(), visit.requestsLeft() - 1));
    }
    return visit.user();
  }

  /** When the last request was due, since the first; in the unit of the pause. */
  public double time() {
    return time;
  }
}
