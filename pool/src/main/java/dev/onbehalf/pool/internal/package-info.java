/**
 * The inside of the pool: no part of the API, and free to change.
 *
 * <p>Where to begin: {@code Engine} lends and takes back, {@code Entry} is one connection and its
 * state, {@code Dispatcher} decides who is served, {@code Calls} and {@code Chores} are the calls
 * into drivers and providers, {@code Sweep} is what time does, {@code EvictionPolicy} who is closed
 * for whom, {@code Login} and {@code SessionCheck} how a connection begins.
 *
 * <p>Words that other pools don't have:
 *
 * <ul>
 *   <li><em>settle</em>: to serve, after a change, everybody who can be served;
 *   <li><em>quiet</em>: nobody waits for what a user has, so that the path without a lock may be
 *       taken;
 *   <li><em>pressed</em>: the first in turn waits for what isn't theirs, so that every connection
 *       that comes back is wanted;
 *   <li><em>patient</em>: a user who has connections, only none idle, and rather waits for one of
 *       them than to have another user's closed;
 *   <li>to <em>insist</em>: to have waited as long as a login takes, and be patient no more;
 *   <li><em>lost</em>: a lease whose borrower can't end it, because their stack ran out;
 *   <li>a <em>place</em>: the right to one physical connection of the budget.
 * </ul>
 */
@NullMarked
package dev.onbehalf.pool.internal;

import org.jspecify.annotations.NullMarked;
