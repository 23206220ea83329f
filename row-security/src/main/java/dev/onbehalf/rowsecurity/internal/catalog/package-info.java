/** What the catalogs of a database say, read once. */
@NullMarked
package dev.onbehalf.rowsecurity.internal.catalog;

import org.jspecify.annotations.NullMarked;
