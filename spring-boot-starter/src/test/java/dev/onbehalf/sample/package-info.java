/** One small application for each way of access, on one table with own and shared rows. */
@NullMarked
package dev.onbehalf.sample;

import org.jspecify.annotations.NullMarked;
