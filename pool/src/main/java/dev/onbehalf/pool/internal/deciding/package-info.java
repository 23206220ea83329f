/**
 * Who gets which connection, and what is done for it: decisions, all of them under one lock, none
 * of which blocks or calls foreign code. What follows from one goes on a {@code Todo}. It knows
 * users and their connections, how logins pace themselves and the eviction policy, but no thread.
 */
@NullMarked
package dev.onbehalf.pool.internal.deciding;

import org.jspecify.annotations.NullMarked;
