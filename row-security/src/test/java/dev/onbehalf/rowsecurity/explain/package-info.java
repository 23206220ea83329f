@NullMarked
package dev.onbehalf.rowsecurity.explain;

import org.jspecify.annotations.NullMarked;
