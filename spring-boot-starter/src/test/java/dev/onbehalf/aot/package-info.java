@NullMarked
package dev.onbehalf.aot;

import org.jspecify.annotations.NullMarked;
