package dev.onbehalf.slice;

import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.flyway.autoconfigure.FlywayConfigurationCustomizer;
import org.springframework.context.annotation.Bean;

/** What each slice is of. */
@SpringBootApplication
class SliceApplication {
  @Bean
  FlywayConfigurationCustomizer migrations() {
    return flyway -> flyway.locations("classpath:db/orders");
  }
}
