/**
 * One user: their connections and each one's state, their waiting callers, and what keeps them from
 * logging in. Here a connection is leased and given back without a lock; it knows only the lender
 * that it is given back to, by an interface of its own.
 */
@NullMarked
package dev.onbehalf.pool.internal.user;

import org.jspecify.annotations.NullMarked;
