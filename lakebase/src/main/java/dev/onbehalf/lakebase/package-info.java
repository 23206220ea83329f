/**
 * A Databricks Lakebase database, reached as the service principal or on behalf of the person
 * behind a request. {@link dev.onbehalf.lakebase.Lakebase} is the way in.
 */
@NullMarked
package dev.onbehalf.lakebase;

import org.jspecify.annotations.NullMarked;
