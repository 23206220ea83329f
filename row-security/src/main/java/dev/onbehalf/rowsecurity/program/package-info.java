/** The program: {@code java -jar onbehalf-row-security-program.jar}. */
@NullMarked
package dev.onbehalf.rowsecurity.program;

import org.jspecify.annotations.NullMarked;
