package dev.onbehalf.benchmarks.simulator;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A pool without a database: users' connections under one budget, a fixed number of requests in
 * progress at a time. A request that finds an idle connection of its user is a hit. Any other opens
 * a connection, because it has to be served, and so a full budget means that somebody else's is
 * closed. When a user has as many connections in use as they may have, requests in progress end
 * until one comes back.
 */
final class Simulation {
  private final Policy policy;
  private final int budget;
  private final int concurrency;
  private final int perUser;
  private final Deque<SimulatedConnection> inProgress = new ArrayDeque<>();
  private final Map<Integer, List<SimulatedConnection>> connections = new HashMap<>();
  private int open;
  private long requests;

  Simulation(Policy policy, int budget, int concurrency, int perUser) {
    if (budget <= concurrency) {
      throw new IllegalArgumentException(
          "the budget must exceed the concurrency: " + budget + " <= " + concurrency);
    }
    this.policy = policy;
    this.budget = budget;
    this.concurrency = concurrency;
    this.perUser = perUser;
  }

  /** One request at a time, one connection a user. */
  Simulation(Policy policy, int budget) {
    this(policy, budget, 1, 1);
  }

  /** Plays a trace and returns the share of hits among the requests after the warm-up. */
  double hitRate(Trace trace) {
    boolean[] hits = play(trace.requests());
    int count = 0;
    for (int i = trace.warmUp(); i < hits.length; i++) {
      count += hits[i] ? 1 : 0;
    }
    return (double) count / trace.counted();
  }

  /** Plays requests and tells of each whether it was a hit. */
  boolean[] play(int[] users) {
    boolean[] hits = new boolean[users.length];
    for (int i = 0; i < users.length; i++) {
      hits[i] = request(users[i]);
    }
    return hits;
  }

  private boolean request(int user) {
    requests++;
    List<SimulatedConnection> own = connections.computeIfAbsent(user, u -> new ArrayList<>());
    while (inProgress.size() >= concurrency
        || own.stream().filter(c -> c.inUse).count() >= perUser) {
      inProgress.remove().inUse = false;
    }
    SimulatedConnection newestIdle = null;
    for (SimulatedConnection connection : own) {
      if (!connection.inUse && (newestIdle == null || connection.lastUse > newestIdle.lastUse)) {
        newestIdle = connection;
      }
    }
    boolean hit = newestIdle != null;
    SimulatedConnection taken = newestIdle != null ? newestIdle : open(user, own);
    if (hit) {
      policy.acquired(taken);
    }
    taken.inUse = true;
    taken.lastUse = requests;
    inProgress.add(taken);
    return hit;
  }

  private SimulatedConnection open(int user, List<SimulatedConnection> own) {
    if (open == budget) {
      SimulatedConnection victim = policy.victim();
      policy.closed(victim);
      connections.getOrDefault(victim.user, List.of()).remove(victim);
      open--;
    }
    SimulatedConnection opened = new SimulatedConnection(user, own.size() + 1);
    policy.opened(opened);
    own.add(opened);
    open++;
    return opened;
  }
}
