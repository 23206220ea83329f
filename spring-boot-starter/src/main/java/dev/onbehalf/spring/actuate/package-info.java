/** What an operator sees of Onbehalf through Spring Boot's Actuator. */
@NullMarked
package dev.onbehalf.spring.actuate;

import org.jspecify.annotations.NullMarked;
