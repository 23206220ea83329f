/** Tests of the pool's inside. */
@NullMarked
package dev.onbehalf.pool.internal.lending;

import org.jspecify.annotations.NullMarked;
