/** Tests of the pool's inside. */
@NullMarked
package dev.onbehalf.pool.internal.jdbc;

import org.jspecify.annotations.NullMarked;
