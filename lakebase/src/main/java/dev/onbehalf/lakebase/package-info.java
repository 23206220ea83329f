/** Settings, token exchange and proof of identity for Databricks Lakebase. */
@NullMarked
package dev.onbehalf.lakebase;

import org.jspecify.annotations.NullMarked;
