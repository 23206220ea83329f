/** What Spring Boot sets up when the starter is on the class path. */
@NullMarked
package dev.onbehalf.spring.autoconfigure;

import org.jspecify.annotations.NullMarked;
