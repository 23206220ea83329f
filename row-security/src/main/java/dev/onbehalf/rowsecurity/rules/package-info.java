/** One rule a file: its id, its question to the catalogs, its sentence, and the SQL that mends. */
@NullMarked
package dev.onbehalf.rowsecurity.rules;

import org.jspecify.annotations.NullMarked;
