/** Tests of the pool, against a stub server for faults and time, and a real PostgreSQL. */
@NullMarked
package dev.onbehalf.pool;

import org.jspecify.annotations.NullMarked;
