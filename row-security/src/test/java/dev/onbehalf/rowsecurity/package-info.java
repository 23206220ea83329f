@NullMarked
package dev.onbehalf.rowsecurity;

import org.jspecify.annotations.NullMarked;
