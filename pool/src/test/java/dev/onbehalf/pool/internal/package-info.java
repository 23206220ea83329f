/** Tests of the pool's inside. */
@NullMarked
package dev.onbehalf.pool.internal;

import org.jspecify.annotations.NullMarked;
