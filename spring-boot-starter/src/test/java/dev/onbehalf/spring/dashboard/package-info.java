@NullMarked
package dev.onbehalf.spring.dashboard;

import org.jspecify.annotations.NullMarked;
