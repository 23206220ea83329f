@NullMarked
package dev.onbehalf.library;

import org.jspecify.annotations.NullMarked;
