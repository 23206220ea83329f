/** Several instances, each a process, on one PostgreSQL: {@code ./bench fleet}. */
@NullMarked
package dev.onbehalf.benchmarks.fleet;

import org.jspecify.annotations.NullMarked;
