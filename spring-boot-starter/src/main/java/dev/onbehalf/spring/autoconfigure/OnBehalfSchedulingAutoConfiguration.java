package dev.onbehalf.spring.autoconfigure;

import java.util.concurrent.ScheduledExecutorService;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnThreading;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.autoconfigure.task.TaskSchedulingAutoConfiguration;
import org.springframework.boot.task.SimpleAsyncTaskSchedulerBuilder;
import org.springframework.boot.thread.Threading;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.scheduling.TaskScheduler;
import org.springframework.scheduling.annotation.SchedulingConfigurer;
import org.springframework.scheduling.concurrent.SimpleAsyncTaskScheduler;
import org.springframework.scheduling.config.TaskManagementConfigUtils;

/**
 * Lets whoever is bound travel through the scheduler of virtual threads too, but with no
 * {@code @Scheduled} method. After the executors, of which Boot would otherwise have none, since
 * this scheduler is an executor as well.
 */
@AutoConfiguration(
    after = TaskExecutionAutoConfiguration.class,
    before = TaskSchedulingAutoConfiguration.class)
public class OnBehalfSchedulingAutoConfiguration {
  /** In place of Boot's, where Boot would have one: with {@code @EnableScheduling}. */
  @Bean
  @ConditionalOnThreading(Threading.VIRTUAL)
  @ConditionalOnBean(name = TaskManagementConfigUtils.SCHEDULED_ANNOTATION_PROCESSOR_BEAN_NAME)
  @ConditionalOnMissingBean({TaskScheduler.class, ScheduledExecutorService.class})
  SimpleAsyncTaskScheduler taskScheduler(SimpleAsyncTaskSchedulerBuilder builder) {
    return builder.configure(new CarryingTaskScheduler());
  }

  /** Last, so that it is around the scheduler that the application's own configurers chose. */
  @Bean
  @Order(Ordered.LOWEST_PRECEDENCE)
  SchedulingConfigurer onBehalfScheduledMethods() {
    return registrar -> {
      TaskScheduler scheduler = registrar.getScheduler();
      if (scheduler != null) {
        registrar.setTaskScheduler(new NobodysTaskScheduler(scheduler));
      }
    };
  }
}
