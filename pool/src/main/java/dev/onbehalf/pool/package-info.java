/** Connections keyed by user under one budget. */
@NullMarked
package dev.onbehalf.pool;

import org.jspecify.annotations.NullMarked;
