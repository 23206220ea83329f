package dev.onbehalf.spring.autoconfigure;

import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.core.Ordered;
import org.springframework.core.PriorityOrdered;
import org.springframework.modulith.events.core.EventPublicationRegistry;
import org.springframework.modulith.events.core.EventPublicationRepository;
import org.springframework.transaction.interceptor.DelegatingTransactionAttribute;
import org.springframework.transaction.interceptor.TransactionAttribute;
import org.springframework.transaction.interceptor.TransactionAttributeSource;
import org.springframework.util.StringUtils;

/**
 * Has {@code @Transactional} of Modulith's registry and repository mean our transaction manager,
 * where it says none: the application's would begin a person's transaction, and there may be
 * nobody.
 */
final class ModulithTransactions implements BeanPostProcessor, PriorityOrdered {
  static final String MANAGER = "onBehalfModulithTransactionManager";

  /** Repositories of the application's own are not ours to look after. */
  static final String MODULITH = "org.springframework.modulith.";

  @Override
  public int getOrder() {
    return Ordered.LOWEST_PRECEDENCE;
  }

  @Override
  public Object postProcessAfterInitialization(Object bean, String name) {
    return bean instanceof TransactionAttributeSource attributes ? new Own(attributes) : bean;
  }

  private record Own(TransactionAttributeSource others) implements TransactionAttributeSource {
    @Override
    public boolean isCandidateClass(Class<?> targetClass) {
      return others.isCandidateClass(targetClass);
    }

    @Override
    public boolean hasTransactionAttribute(Method method, @Nullable Class<?> targetClass) {
      return others.hasTransactionAttribute(method, targetClass);
    }

    @Override
    public @Nullable TransactionAttribute getTransactionAttribute(
        Method method, @Nullable Class<?> targetClass) {
      TransactionAttribute attribute = others.getTransactionAttribute(method, targetClass);
      return attribute == null
              || !isModuliths(targetClass)
              || StringUtils.hasText(attribute.getQualifier())
          ? attribute
          : new OfOurs(attribute);
    }

    private static boolean isModuliths(@Nullable Class<?> type) {
      return type != null
          && type.getName().startsWith(MODULITH)
          && (EventPublicationRepository.class.isAssignableFrom(type)
              || EventPublicationRegistry.class.isAssignableFrom(type));
    }
  }

  private static final class OfOurs extends DelegatingTransactionAttribute {
    private static final long serialVersionUID = 1L;

    OfOurs(TransactionAttribute attribute) {
      super(attribute);
    }

    @Override
    public String getQualifier() {
      return MANAGER;
    }
  }
}
