/** The inside of the pool: no part of the API, and free to change. */
@NullMarked
package dev.onbehalf.pool.internal;

import org.jspecify.annotations.NullMarked;
