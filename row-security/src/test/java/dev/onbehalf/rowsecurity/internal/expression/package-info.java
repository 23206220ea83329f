@NullMarked
package dev.onbehalf.rowsecurity.internal.expression;

import org.jspecify.annotations.NullMarked;
