/** Whether Row-Level Security holds, and why a person sees a row, or does not. */
@NullMarked
package dev.onbehalf.rowsecurity;

import org.jspecify.annotations.NullMarked;
