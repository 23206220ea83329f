@NullMarked
package dev.onbehalf.benchmarks.workload;

import org.jspecify.annotations.NullMarked;
