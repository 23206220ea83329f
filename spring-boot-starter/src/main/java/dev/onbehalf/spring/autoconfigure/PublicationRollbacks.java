package dev.onbehalf.spring.autoconfigure;

import java.util.List;
import java.util.UUID;
import org.aopalliance.intercept.MethodInterceptor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.modulith.events.core.EventPublicationRepository;
import org.springframework.modulith.events.core.TargetEventPublication;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Takes back what was published within work that is rolled back. The publication is in a
 * transaction of its own, for the person has no rights on that table, and is committed already: a
 * process that ends between the two leaves it behind, to be published again although nothing
 * happened. The other order would lose events.
 */
final class PublicationRollbacks implements BeanPostProcessor {
  private static final Logger log = LoggerFactory.getLogger(PublicationRollbacks.class);

  @Override
  public Object postProcessAfterInitialization(Object bean, String name) {
    if (!(bean instanceof EventPublicationRepository repository)
        || !AopUtils.getTargetClass(bean).getName().startsWith(ModulithTransactions.MODULITH)) {
      return bean;
    }
    ProxyFactory proxy = new ProxyFactory();
    proxy.setTarget(bean);
    proxy.setInterfaces(EventPublicationRepository.class); // for which there is a native hint
    proxy.addAdvice(
        (MethodInterceptor)
            call -> {
              Object result = call.proceed();
              if (call.getMethod().getName().equals("create")
                  && result instanceof TargetEventPublication publication
                  && TransactionSynchronizationManager.isActualTransactionActive()
                  && TransactionSynchronizationManager.isSynchronizationActive()) {
                TransactionSynchronizationManager.registerSynchronization(
                    new TakingBack(repository, publication.getIdentifier()));
              }
              return result;
            });
    return proxy.getProxy(bean.getClass().getClassLoader());
  }

  private record TakingBack(EventPublicationRepository repository, UUID publication)
      implements TransactionSynchronization {
    @Override
    public void afterCompletion(int status) {
      if (status != STATUS_ROLLED_BACK) {
        return;
      }
      try {
        repository.deletePublications(List.of(publication));
      } catch (RuntimeException e) { // who rolled back is to hear of that, not of this
        log.warn("Event publication {} of work that was rolled back stays", publication, e);
      }
    }
  }
}
