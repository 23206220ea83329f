/** Nanosecond measurements with JMH, without a database. */
@NullMarked
package dev.onbehalf.benchmarks.micro;

import org.jspecify.annotations.NullMarked;
