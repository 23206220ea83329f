package dev.onbehalf.spring.autoconfigure;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.context.properties.bind.handler.NoUnboundElementsBindHandler;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.UnboundElementsSourceFilter;
import org.springframework.boot.origin.Origin;
import org.springframework.core.env.Environment;

/**
 * Settings below {@code onbehalf} that are none, as misspelt ones, which Spring Boot passes over in
 * silence. What stands below a group that is not ours may be the application's own; the process's
 * environment is not looked at, for there no spelling is wrong.
 */
final class UnknownSettings {
  private static final String PREFIX = "onbehalf";

  private static final Set<String> GROUPS =
      Arrays.stream(OnBehalfProperties.class.getDeclaredFields()) // as NativeHints says
          .map(it -> DataObjectPropertyName.toDashedForm(it.getName()))
          .collect(Collectors.toUnmodifiableSet());

  private UnknownSettings() {}

  /** Each with its place and without its value, which may be a misspelt secret's. */
  static List<String> in(Environment environment) {
    try {
      Binder.get(environment)
          .bind(
              PREFIX,
              Bindable.of(OnBehalfProperties.class),
              new NoUnboundElementsBindHandler(
                  BindHandler.DEFAULT, new UnboundElementsSourceFilter()));
      return List.of();
    } catch (BindException e) {
      return e.getCause() instanceof UnboundConfigurationPropertiesException unbound
          ? unbound.getUnboundProperties().stream()
              .filter(it -> isOurs(it.getName()))
              .sorted(Comparator.comparing(ConfigurationProperty::getName))
              .map(UnknownSettings::said)
              .toList()
          : List.of();
    }
  }

  private static boolean isOurs(ConfigurationPropertyName name) {
    return name.getNumberOfElements() == 2
        || GROUPS.contains(name.getElement(1, ConfigurationPropertyName.Form.DASHED));
  }

  private static String said(ConfigurationProperty property) {
    Origin origin = property.getOrigin();
    return origin == null ? property.getName().toString() : property.getName() + " in " + origin;
  }
}
