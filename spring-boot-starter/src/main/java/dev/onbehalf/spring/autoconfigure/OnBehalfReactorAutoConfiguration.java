package dev.onbehalf.spring.autoconfigure;

import dev.onbehalf.spring.SharedPublishers;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;
import reactor.core.publisher.Hooks;

/**
 * Lets each subscriber of a shared {@code Flux} or {@code Mono} run as who subscribed, as {@code
 * spring.reactor.context-propagation=auto} would, and further; here it is not left to that.
 */
@AutoConfiguration
@ConditionalOnClass(Hooks.class)
public class OnBehalfReactorAutoConfiguration {
  /** Before the beans, whose constructors may put a pipeline together. */
  @Bean
  static BeanFactoryPostProcessor onBehalfSharedPublishers() {
    return beans -> SharedPublishers.switchOn();
  }
}
