/** The pool's statistics as Micrometer meters; needs Micrometer on the class path. */
@NullMarked
package dev.onbehalf.pool.metrics;

import org.jspecify.annotations.NullMarked;
