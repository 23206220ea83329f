@NullMarked
package dev.onbehalf.benchmarks.simulator;

import org.jspecify.annotations.NullMarked;
