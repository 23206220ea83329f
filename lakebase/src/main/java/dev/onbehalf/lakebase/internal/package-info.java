/** What the starter needs as well, and users do not. */
@NullMarked
package dev.onbehalf.lakebase.internal;

import org.jspecify.annotations.NullMarked;
