/** Tests of the pool's inside. */
@NullMarked
package dev.onbehalf.pool.internal.deciding;

import org.jspecify.annotations.NullMarked;
