package dev.onbehalf.spring.autoconfigure;

import static java.util.Objects.requireNonNull;

import java.lang.annotation.Annotation;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.ConfigurationCondition;
import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.core.type.AnnotatedTypeMetadata;
import org.springframework.util.ClassUtils;

/** Looks for {@link ConditionalOnMissingQualifier}. */
final class OnMissingQualifier extends SpringBootCondition implements ConfigurationCondition {

  @Override
  public ConfigurationPhase getConfigurationPhase() {
    return ConfigurationPhase.REGISTER_BEAN;
  }

  @Override
  public ConditionOutcome getMatchOutcome(
      ConditionContext context, AnnotatedTypeMetadata metadata) {
    MergedAnnotation<ConditionalOnMissingQualifier> condition =
        metadata.getAnnotations().get(ConditionalOnMissingQualifier.class);
    Class<? extends Annotation> qualifier =
        resolve(condition, "qualifier", context).asSubclass(Annotation.class);
    ConfigurableListableBeanFactory beans = requireNonNull(context.getBeanFactory());
    ConditionMessage.Builder message =
        ConditionMessage.forCondition(ConditionalOnMissingQualifier.class, qualifier.getName());
    for (String name :
        beans.getBeanNamesForType(resolve(condition, "type", context), true, false)) {
      if (beans.findAnnotationOnBean(name, qualifier, false) != null) {
        return ConditionOutcome.noMatch(message.found("bean").items(name));
      }
    }
    return ConditionOutcome.match(message.didNotFind("any bean").atAll());
  }

  private static Class<?> resolve(
      MergedAnnotation<?> condition, String attribute, ConditionContext context) {
    Object value = condition.getValue(attribute).orElseThrow();
    return value instanceof Class<?> type
        ? type
        : ClassUtils.resolveClassName(value.toString(), context.getClassLoader());
  }
}
