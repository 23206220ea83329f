/** Runs request traces through eviction policies and compares their hit rates. */
@NullMarked
package dev.onbehalf.benchmarks.simulator;

import org.jspecify.annotations.NullMarked;
