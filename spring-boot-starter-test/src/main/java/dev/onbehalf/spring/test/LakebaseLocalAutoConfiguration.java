package dev.onbehalf.spring.test;

import dev.onbehalf.lakebaselocal.LakebaseLocal;
import dev.onbehalf.spring.autoconfigure.DatabaseConnectionDetails;
import dev.onbehalf.spring.autoconfigure.OnBehalfAutoConfiguration;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.Conditional;
import org.springframework.core.type.AnnotatedTypeMetadata;
import org.springframework.util.StringUtils;

/**
 * A {@code lakebase-local} for the test of an application that names no database: where this
 * artifact is on the class path, it is simply used. Only in a context that Spring Boot's test
 * support makes; elsewhere an application without {@code PGHOST} is one that is not configured, and
 * says so.
 */
@AutoConfiguration(before = OnBehalfAutoConfiguration.class)
@Conditional(LakebaseLocalAutoConfiguration.OnTestWithoutDatabase.class)
@ConditionalOnMissingBean({DatabaseConnectionDetails.class, LakebaseLocal.class})
public class LakebaseLocalAutoConfiguration {
  private static final Logger log = LoggerFactory.getLogger(LakebaseLocalAutoConfiguration.class);

  /** For tokens, faults, and a superuser's hands; it is the test run's and outlives the context. */
  @Bean(destroyMethod = "")
  LakebaseLocal lakebaseLocal() {
    return TestLakebase.get();
  }

  @Bean
  DatabaseConnectionDetails lakebaseLocalConnectionDetails(LakebaseLocal lakebase) {
    Map<String, String> variables = lakebase.environment();
    log.info(
        "PGHOST is not set: this test runs on lakebase-local, at localhost:{}",
        variables.get("PGPORT"));
    return () -> variables;
  }

  static final class OnTestWithoutDatabase extends SpringBootCondition {
    /** Each context that {@code @SpringBootTest} or a test slice makes has this property. */
    private static final String TEST =
        "org.springframework.boot.test.context.SpringBootTestContextBootstrapper";

    @Override
    public ConditionOutcome getMatchOutcome(
        ConditionContext context, AnnotatedTypeMetadata metadata) {
      ConditionMessage.Builder message = ConditionMessage.forCondition("lakebase-local");
      if (!context.getEnvironment().containsProperty(TEST)) {
        return ConditionOutcome.noMatch(message.because("this is no test"));
      }
      return StringUtils.hasText(context.getEnvironment().getProperty("PGHOST"))
          ? ConditionOutcome.noMatch(message.because("PGHOST names a database"))
          : ConditionOutcome.match(message.because("this is a test, and PGHOST is not set"));
    }
  }
}
