/**
 * What README.md and docs/ say is true of the code: each block compiles, binds, runs or is there.
 */
@NullMarked
package dev.onbehalf.documentation;

import org.jspecify.annotations.NullMarked;
