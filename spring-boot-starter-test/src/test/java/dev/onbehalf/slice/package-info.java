@NullMarked
package dev.onbehalf.slice;

import org.jspecify.annotations.NullMarked;
