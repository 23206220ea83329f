/** Tests of the pool's inside. */
@NullMarked
package dev.onbehalf.pool.internal.user;

import org.jspecify.annotations.NullMarked;
