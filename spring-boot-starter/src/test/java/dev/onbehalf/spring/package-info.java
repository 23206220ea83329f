@NullMarked
package dev.onbehalf.spring;

import org.jspecify.annotations.NullMarked;
