/**
 * What a caller holds, wrappers around the driver's connection, statements and result sets, and how
 * a session is set back to what it was at login. It knows whose lease it is by {@code
 * PhysicalConnection} only.
 */
@NullMarked
package dev.onbehalf.pool.internal.jdbc;

import org.jspecify.annotations.NullMarked;
