@NullMarked
package dev.onbehalf.spring.test;

import org.jspecify.annotations.NullMarked;
