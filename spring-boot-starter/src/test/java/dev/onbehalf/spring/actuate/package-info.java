@NullMarked
package dev.onbehalf.spring.actuate;

import org.jspecify.annotations.NullMarked;
