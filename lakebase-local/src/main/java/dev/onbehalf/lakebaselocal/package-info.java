/** A Lakebase on a laptop, for development and tests. */
@NullMarked
package dev.onbehalf.lakebaselocal;

import org.jspecify.annotations.NullMarked;
