@NullMarked
package dev.onbehalf.rowsecurity.program;

import org.jspecify.annotations.NullMarked;
