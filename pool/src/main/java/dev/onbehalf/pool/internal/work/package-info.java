/**
 * What is done without the lock, because it may block: the calls into drivers and providers, the
 * threads that make them, and the one thread that watches the time. It learns from {@code deciding}
 * what to do and tells it how it ended; nothing here decides who gets what.
 */
@NullMarked
package dev.onbehalf.pool.internal.work;

import org.jspecify.annotations.NullMarked;
