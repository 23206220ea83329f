/** Tests of the pool's inside. */
@NullMarked
package dev.onbehalf.pool.internal.evicting;

import org.jspecify.annotations.NullMarked;
