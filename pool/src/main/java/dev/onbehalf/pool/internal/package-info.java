/**
 * The inside of the pool: no part of the API, and free to change.
 *
 * <p>Its folders, each of which may know those below it ({@code ArchitectureTest}):
 *
 * <pre>
 *   lending    Engine lends and takes back; the wait of a caller, and what they are told
 *   work       Chores makes the calls into drivers and providers; threads, and the time
 *   deciding   Dispatcher says who is served; budget, calls under way, what time does
 *   user       Slot is one user, Entry one connection and its state, Waiter one caller
 *   login      Login and SessionCheck: how a connection begins
 *   evicting   EvictionPolicy: who is closed for whom
 *   jdbc       what callers hold, and how a session is set back
 * </pre>
 *
 * What is here is for all of them: the settings, what the application hands in, the one logger.
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
