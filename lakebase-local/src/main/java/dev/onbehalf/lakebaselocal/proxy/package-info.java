/**
 * Stands in for the platform's proxy on one's own machine: people are picked, not proved, and their
 * requests reach an application with the headers that the platform would set.
 */
@NullMarked
package dev.onbehalf.lakebaselocal.proxy;

import org.jspecify.annotations.NullMarked;
