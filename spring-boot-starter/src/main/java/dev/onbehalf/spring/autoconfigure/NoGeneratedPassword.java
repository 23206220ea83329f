package dev.onbehalf.spring.autoconfigure;

import org.springframework.beans.factory.annotation.AnnotatedBeanDefinition;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.BeanDefinitionRegistryPostProcessor;
import org.springframework.boot.security.autoconfigure.UserDetailsServiceAutoConfiguration;
import org.springframework.core.env.Environment;
import org.springframework.core.type.MethodMetadata;

/**
 * Takes away the user "user" whom Spring Boot makes, and whose password it prints at each start: a
 * proxy signs people in here. One whom the application names ({@code spring.security.user}) stays.
 */
final class NoGeneratedPassword implements BeanDefinitionRegistryPostProcessor {
  private static final String BOOTS = UserDetailsServiceAutoConfiguration.class.getName();

  private final Environment environment;

  NoGeneratedPassword(Environment environment) {
    this.environment = environment;
  }

  @Override
  public void postProcessBeanDefinitionRegistry(BeanDefinitionRegistry registry) {
    if (environment.containsProperty("spring.security.user.name")
        || environment.containsProperty("spring.security.user.password")) {
      return;
    }
    for (String name : registry.getBeanDefinitionNames()) {
      if (registry.getBeanDefinition(name) instanceof AnnotatedBeanDefinition definition) {
        MethodMetadata factory = definition.getFactoryMethodMetadata();
        if (factory != null && factory.getDeclaringClassName().equals(BOOTS)) {
          registry.removeBeanDefinition(name);
        }
      }
    }
  }
}
