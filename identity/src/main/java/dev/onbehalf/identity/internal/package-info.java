/** What the starter needs as well, and users do not. */
@NullMarked
package dev.onbehalf.identity.internal;

import org.jspecify.annotations.NullMarked;
