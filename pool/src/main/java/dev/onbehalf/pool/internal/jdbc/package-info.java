/** What a caller holds: wrappers around the driver's connection, statements and result sets. */
@NullMarked
package dev.onbehalf.pool.internal.jdbc;

import org.jspecify.annotations.NullMarked;
