package dev.onbehalf.spring.test;

import dev.onbehalf.spring.ActingAccessor;
import dev.onbehalf.spring.OnBehalf;
import dev.onbehalf.spring.PersonScope;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationContext;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.test.context.TestContext;
import org.springframework.test.context.TestContextAnnotationUtils;
import org.springframework.test.context.TestExecutionListener;

/**
 * Binds the person that {@link WithUser} names around each test. Comes before the listener that
 * begins a test's transaction, since the transaction's connection is that of who is bound then; and
 * so ends after it.
 */
final class WithUserListener implements TestExecutionListener, Ordered {
  private static final String FORMER = WithUserListener.class.getName() + ".former";

  private static final String SCOPE = WithUserListener.class.getName() + ".scope";

  private final ActingAccessor acting = new ActingAccessor();

  @Override
  public int getOrder() {
    return 3_500; // TransactionalTestExecutionListener has 4,000, dependency injection 2,000
  }

  @Override
  public void beforeTestMethod(TestContext test) {
    WithUser user = user(test);
    if (user == null) {
      return;
    }
    ApplicationContext application = test.getApplicationContext();
    OnBehalf onBehalf = application.getBean(OnBehalf.class);
    TestLakebase.admit(
        user.value(),
        application.getEnvironment().getProperty("onbehalf.group"),
        onBehalf.servicePrincipalDataSource());
    Object person = onBehalf.asUser(TestLakebase.identity(user.value()), () -> acting.getValue());
    test.setAttribute(FORMER, acting.getValue());
    acting.setValue(person);
    application
        .getBeanProvider(PersonScope.class)
        .ifAvailable(scope -> test.setAttribute(SCOPE, scope.begin(user.value())));
  }

  @Override
  public void afterTestMethod(TestContext test) {
    if (test.removeAttribute(SCOPE) instanceof PersonScope.Scope scope) {
      scope.close();
    }
    Object former = test.removeAttribute(FORMER);
    if (former != null) {
      acting.restore(former);
    }
  }

  private static @Nullable WithUser user(TestContext test) {
    WithUser ofMethod =
        AnnotatedElementUtils.findMergedAnnotation(test.getTestMethod(), WithUser.class);
    return ofMethod != null
        ? ofMethod
        : TestContextAnnotationUtils.findMergedAnnotation(test.getTestClass(), WithUser.class);
  }
}
