package dev.onbehalf.pool.internal.deciding;

import dev.onbehalf.pool.internal.Settings;
import dev.onbehalf.pool.internal.evicting.EvictionPolicy;

/** What decides, put together; all of it is guarded by the lock of {@code decisions}. */
public record Parts(
    Decisions decisions,
    Users users,
    Callers callers,
    Budget budget,
    Calls calls,
    Connections connections,
    Logins logins,
    Dispatcher dispatcher,
    CallEnds ends,
    Overdue overdue,
    UserChanges changes,
    Recount recount,
    Sweep sweep,
    EvictionPolicy policy,
    Counters counters,
    RecentEvictions evictions) {

  /** Of a pool that has no user yet. */
  public static Parts of(Settings settings) {
    Counters counters = new Counters();
    RecentEvictions evictions = new RecentEvictions();
    EvictionPolicy policy = new EvictionPolicy(settings.maxConnections());
    Budget budget = new Budget(settings.maxConnections());
    Users users = new Users(settings, budget);
    Callers callers = new Callers();
    Calls calls = new Calls(settings);
    Connections connections = new Connections(settings, policy, counters, evictions, calls);
    Logins logins = new Logins(settings, calls, budget, connections);
    Dispatcher dispatcher =
        new Dispatcher(users, callers, budget, connections, logins, new CredentialQueue(calls));
    CallEnds ends = new CallEnds(users, budget, calls, connections, logins, dispatcher, counters);
    Decisions decisions = new Decisions(budget);
    Recount recount = new Recount(decisions, users, callers, budget, calls, connections);
    Overdue overdue = new Overdue(budget, calls, connections, dispatcher, ends);
    return new Parts(
        decisions,
        users,
        callers,
        budget,
        calls,
        connections,
        logins,
        dispatcher,
        ends,
        overdue,
        new UserChanges(settings, users, callers, connections, dispatcher, overdue),
        recount,
        new Sweep(settings, users, budget, calls, connections, dispatcher, overdue),
        policy,
        counters,
        evictions);
  }
}
