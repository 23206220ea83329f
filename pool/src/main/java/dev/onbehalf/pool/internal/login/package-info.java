/**
 * How a connection begins: credential, connect, whose session it is and whether Row-Level Security
 * holds it; how many logins the server bears at once, and how long a refused one waits. It knows
 * drivers and nothing of the pool.
 */
@NullMarked
package dev.onbehalf.pool.internal.login;

import org.jspecify.annotations.NullMarked;
