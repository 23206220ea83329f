@NullMarked
package dev.onbehalf.rowsecurity.rules;

import org.jspecify.annotations.NullMarked;
