/** Reads the expressions of policies, as the server writes them. */
@NullMarked
package dev.onbehalf.rowsecurity.internal.expression;

import org.jspecify.annotations.NullMarked;
