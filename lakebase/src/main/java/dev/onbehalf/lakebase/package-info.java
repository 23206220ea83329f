/**
 * What is Databricks' of a Lakebase: its variables, its SDK, whose a token is, and what it is
 * exchanged for. {@link dev.onbehalf.lakebase.Lakebase} is the way in; everything else is {@link
 * dev.onbehalf.identity}'s.
 */
@NullMarked
package dev.onbehalf.lakebase;

import org.jspecify.annotations.NullMarked;
