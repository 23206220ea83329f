@NullMarked
package dev.onbehalf.spring.autoconfigure;

import org.jspecify.annotations.NullMarked;
