package dev.onbehalf.spring.test;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.test.context.ContextConfigurationAttributes;
import org.springframework.test.context.ContextCustomizer;
import org.springframework.test.context.ContextCustomizerFactory;
import org.springframework.test.context.TestContextAnnotationUtils;
import org.springframework.util.ReflectionUtils;

/** Sets up the applications of tests that say {@link OnLakebaseLocal}, or {@link WithUser}. */
final class OnLakebaseLocalFactory implements ContextCustomizerFactory {
  @Override
  public @Nullable ContextCustomizer createContextCustomizer(
      Class<?> testClass, List<ContextConfigurationAttributes> configuration) {
    return isAnnotated(testClass) ? new OnLakebaseLocalCustomizer() : null;
  }

  private static boolean isAnnotated(Class<?> testClass) {
    if (TestContextAnnotationUtils.hasAnnotation(testClass, OnLakebaseLocal.class)
        || hasAnnotatedMethod(testClass)) {
      return true;
    }
    return TestContextAnnotationUtils.searchEnclosingClass(testClass)
        && isAnnotated(testClass.getEnclosingClass());
  }

  private static boolean hasAnnotatedMethod(Class<?> testClass) {
    boolean[] found = new boolean[1];
    ReflectionUtils.doWithMethods(
        testClass,
        method -> found[0] = true,
        method -> AnnotatedElementUtils.hasAnnotation(method, WithUser.class));
    return found[0];
  }
}
