package dev.onbehalf.spring.autoconfigure;

import java.lang.reflect.Method;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.AnnotatedBeanDefinition;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.config.ConstructorArgumentValues.ValueHolder;
import org.springframework.beans.factory.config.RuntimeBeanReference;
import org.springframework.core.type.MethodMetadata;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/**
 * Has the beans of Modulith's JDBC registry take our {@link DataSource} and {@link JdbcTemplate}
 * where they would take the people's. Beans that the application defines itself are left alone.
 */
final class ModulithBeans implements BeanFactoryPostProcessor {
  static final String CONFIGURATION =
      "org.springframework.modulith.events.jdbc.JdbcEventPublicationAutoConfiguration";

  private static final Map<Class<?>, String> OURS =
      Map.of(
          DataSource.class, "onBehalfModulithDataSource",
          JdbcTemplate.class, "onBehalfModulithJdbcTemplate");

  @Override
  public void postProcessBeanFactory(ConfigurableListableBeanFactory beans) {
    for (String name : beans.getBeanDefinitionNames()) {
      BeanDefinition definition = beans.getBeanDefinition(name);
      if (definition.getConstructorArgumentValues().isEmpty()) { // else AOT processing did this
        parameters(definition, beans.getBeanClassLoader())
            .distinct()
            .forEach(type -> take(definition, type));
      }
    }
  }

  private static void take(BeanDefinition definition, Class<?> type) {
    String ours = OURS.get(type);
    if (ours != null) {
      definition
          .getConstructorArgumentValues()
          .addGenericArgumentValue(new ValueHolder(new RuntimeBeanReference(ours), type.getName()));
    }
  }

  private static Stream<Class<?>> parameters(
      BeanDefinition definition, @Nullable ClassLoader loader) {
    return modulithsFactory(definition).stream()
        .map(name -> ClassUtils.resolveClassName(name, loader))
        .map(ReflectionUtils::getDeclaredMethods)
        .flatMap(Stream::of)
        .filter(method -> method.getName().equals(definition.getFactoryMethodName()))
        .map(Method::getParameterTypes)
        .flatMap(Stream::of);
  }

  /** The class is Modulith's configuration, or one within it. */
  private static Optional<String> modulithsFactory(BeanDefinition definition) {
    return definition instanceof AnnotatedBeanDefinition annotated
        ? Optional.ofNullable(annotated.getFactoryMethodMetadata())
            .map(MethodMetadata::getDeclaringClassName)
            .filter(name -> name.startsWith(CONFIGURATION))
        : Optional.empty();
  }
}
