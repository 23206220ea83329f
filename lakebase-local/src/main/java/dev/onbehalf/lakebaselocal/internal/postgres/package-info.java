/** The embedded PostgreSQL, and what keeps it private and short-lived. */
@NullMarked
package dev.onbehalf.lakebaselocal.internal.postgres;

import org.jspecify.annotations.NullMarked;
