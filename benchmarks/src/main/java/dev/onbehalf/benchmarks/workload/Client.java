package dev.onbehalf.benchmarks.workload;

import java.time.Duration;
import java.util.function.Supplier;

/**
 * One thread's requests.
 *
 * @param users whose request is next
 * @param pace how far apart they are due, whether or not the last one has been served; zero: one
 *     after the other
 * @param counted whether the result counts them
 */
record Client(Supplier<String> users, Duration pace, boolean counted) {}
