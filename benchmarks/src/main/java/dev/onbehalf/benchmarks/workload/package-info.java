/** Whole workloads against a real PostgreSQL, the pool beside its peers. */
@NullMarked
package dev.onbehalf.benchmarks.workload;

import org.jspecify.annotations.NullMarked;
