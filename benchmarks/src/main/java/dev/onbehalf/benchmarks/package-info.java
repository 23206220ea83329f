/** The pool measured beside its peers. */
@NullMarked
package dev.onbehalf.benchmarks;

import org.jspecify.annotations.NullMarked;
