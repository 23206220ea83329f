/**
 * Onbehalf in a Spring Boot application: who is bound to a piece of work ({@link
 * dev.onbehalf.spring.OnBehalf}), the filter that binds the person behind a request, and the
 * answers to what is refused.
 */
@NullMarked
package dev.onbehalf.spring;

import org.jspecify.annotations.NullMarked;
