package dev.onbehalf.spring.autoconfigure;

import dev.onbehalf.identity.InvalidSettingsException;
import dev.onbehalf.rowsecurity.RowSecurity;
import dev.onbehalf.rowsecurity.Scope;
import dev.onbehalf.spring.OnBehalf;
import dev.onbehalf.spring.RowSecurityReports;
import dev.onbehalf.spring.actuate.RowSecurityEndpoint;
import dev.onbehalf.spring.autoconfigure.OnBehalfProperties.RowSecurity.Check;
import java.time.Clock;
import java.util.List;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotatedTypeMetadata;
import org.springframework.util.StringUtils;

/** Whether Row-Level Security holds for those who have the group's rights. */
@AutoConfiguration(after = OnBehalfAutoConfiguration.class)
@ConditionalOnClass(RowSecurity.class)
@ConditionalOnBean(OnBehalf.class)
public class OnBehalfRowSecurityAutoConfiguration {

  /**
   * Who has a right to see anything is told by the group; without one there is nobody to ask for.
   */
  static final class HasGroup extends SpringBootCondition {
    @Override
    public ConditionOutcome getMatchOutcome(
        ConditionContext context, AnnotatedTypeMetadata metadata) {
      boolean has = StringUtils.hasText(context.getEnvironment().getProperty("onbehalf.group"));
      return new ConditionOutcome(
          has,
          ConditionMessage.forCondition("row security")
              .because("onbehalf.group is " + (has ? "set" : "not set")));
    }
  }

  @Bean
  @Conditional(HasGroup.class)
  @ConditionalOnMissingBean
  RowSecurityReports rowSecurityReports(OnBehalf onBehalf, OnBehalfProperties properties) {
    return new RowSecurityReports(
        onBehalf.servicePrincipalDataSource(),
        Scope.of(Scope.GROUP + properties.group())
            .inSchemas(properties.rowSecurity().schemas().toArray(String[]::new)),
        Clock.systemUTC());
  }

  @Bean
  RowSecurityCheck onBehalfRowSecurityCheck(
      ObjectProvider<RowSecurityReports> reports,
      OnBehalfProperties properties,
      Environment environment) {
    Check check = check(properties, environment);
    RowSecurityReports known = reports.getIfAvailable();
    if (check == Check.FAIL && known == null) {
      throw new InvalidSettingsException(
          List.of(
              "onbehalf.row-security.check is fail, and onbehalf.group is not set: for whom? Example: onbehalf.group=order_users"));
    }
    return new RowSecurityCheck(known, check);
  }

  /** Warned of while developing, and not looked at in production, unless it is said. */
  private static Check check(OnBehalfProperties properties, Environment environment) {
    Check check = properties.rowSecurity().check();
    if (check != null) {
      return check;
    }
    return DevelopmentMachine.is(properties, environment) ? Check.WARN : Check.OFF;
  }

  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
  @ConditionalOnBean(RowSecurityReports.class)
  static class Endpoint {
    @Bean
    @ConditionalOnMissingBean
    @ConditionalOnAvailableEndpoint(RowSecurityEndpoint.class)
    RowSecurityEndpoint rowSecurityEndpoint(
        RowSecurityReports reports, OnBehalfProperties properties) {
      return new RowSecurityEndpoint(reports, properties.actuator().maskAddresses());
    }
  }
}
