package dev.onbehalf.spring.test;

import dev.onbehalf.identity.OnBehalfDatabase;
import dev.onbehalf.lakebaselocal.LakebaseLocal;
import dev.onbehalf.spring.autoconfigure.OnBehalfAutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

/** Assertions on what people see, for tests on a {@code lakebase-local}. */
@AutoConfiguration(after = OnBehalfAutoConfiguration.class)
@ConditionalOnBean({LakebaseLocal.class, OnBehalfDatabase.class})
public class RowSecurityTestAutoConfiguration {
  @Bean
  @ConditionalOnMissingBean
  RowSecurityTester rowSecurityTester(
      LakebaseLocal lakebase, OnBehalfDatabase database, Environment environment) {
    return new RowSecurityTester(lakebase, database, environment.getProperty("onbehalf.group"));
  }
}
