package dev.onbehalf.spring.autoconfigure;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.context.annotation.Conditional;

/** Where {@code onbehalf.credentials} is one of these, however it is spelt. */
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.METHOD})
@Conditional(OnCredentials.class)
@interface ConditionalOnCredentials {
  OnBehalfProperties.Credentials[] value();
}
