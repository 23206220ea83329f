/**
 * Which connection is least worth keeping. It knows neither users nor connections, only candidates,
 * so that a simulator can drive it with traces.
 */
@NullMarked
package dev.onbehalf.pool.internal.evicting;

import org.jspecify.annotations.NullMarked;
