/**
 * Lends connections and takes them back: what the manager calls, the path without a lock, the wait
 * of a caller, and what callers are told. May know every folder below it; none knows it.
 */
@NullMarked
package dev.onbehalf.pool.internal.lending;

import org.jspecify.annotations.NullMarked;
