package dev.onbehalf.spring.autoconfigure;

import java.lang.annotation.Annotation;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.context.annotation.Conditional;

/**
 * Matches where the application has no bean of a type with a qualifier of its own. Boot's
 * conditions look past beans that are no default candidates, which these are meant to be.
 */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@Conditional(OnMissingQualifier.class)
@interface ConditionalOnMissingQualifier {
  /** The type of such a bean. */
  Class<?> type();

  /** The qualifier on it, or on the method that makes it. */
  Class<? extends Annotation> qualifier();
}
