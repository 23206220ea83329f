/** What a whole request costs, through real Spring Boot applications. */
@NullMarked
package dev.onbehalf.benchmarks.request;

import org.jspecify.annotations.NullMarked;
