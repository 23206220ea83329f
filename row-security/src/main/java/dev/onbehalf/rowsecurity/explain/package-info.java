/** Why a person sees a row, or may change it, or not; and what two people see differently. */
@NullMarked
package dev.onbehalf.rowsecurity.explain;

import org.jspecify.annotations.NullMarked;
