package dev.onbehalf.spring.autoconfigure;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.autoconfigure.task.TaskSchedulingAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.core.task.support.ContextPropagatingTaskDecorator;

/**
 * Lets whoever is bound travel to the threads of Spring Boot's executors, and so with
 * {@code @Async} and Spring MVC's asynchronous answers. Boot does the same when {@code
 * spring.task.execution.propagate-context} is set; here it is not left to that.
 */
@AutoConfiguration(
    before = {TaskExecutionAutoConfiguration.class, TaskSchedulingAutoConfiguration.class})
@ConditionalOnBooleanProperty(
    name = "spring.task.execution.propagate-context",
    havingValue = false,
    matchIfMissing = true)
public class OnBehalfTaskAutoConfiguration {
  @Bean
  @ConditionalOnMissingBean
  ContextPropagatingTaskDecorator onBehalfTaskDecorator() {
    return new ContextPropagatingTaskDecorator();
  }
}
