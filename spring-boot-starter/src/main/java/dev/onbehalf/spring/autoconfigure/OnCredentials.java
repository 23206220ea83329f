package dev.onbehalf.spring.autoconfigure;

import dev.onbehalf.spring.autoconfigure.OnBehalfProperties.Credentials;
import java.util.List;
import java.util.Map;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotatedTypeMetadata;

/**
 * Reads {@code onbehalf.credentials} as its properties are read, and Lakebase's where it is unset.
 */
final class OnCredentials extends SpringBootCondition {
  private static final String PROPERTY = "onbehalf.credentials";

  static Credentials of(Environment environment) {
    try {
      return Binder.get(environment).bind(PROPERTY, Credentials.class).orElse(Credentials.LAKEBASE);
    } catch (BindException e) {
      return Credentials.LAKEBASE; // binding the properties themselves tells what is wrong
    }
  }

  @Override
  public ConditionOutcome getMatchOutcome(
      ConditionContext context, AnnotatedTypeMetadata metadata) {
    Map<String, Object> attributes =
        metadata.getAnnotationAttributes(ConditionalOnCredentials.class.getName());
    Credentials[] these =
        attributes == null ? new Credentials[0] : (Credentials[]) attributes.get("value");
    Credentials set = of(context.getEnvironment());
    return new ConditionOutcome(
        these != null && List.of(these).contains(set), PROPERTY + " is " + set);
  }
}
