/** Tests of the pool's inside. */
@NullMarked
package dev.onbehalf.pool.internal.work;

import org.jspecify.annotations.NullMarked;
