package dev.onbehalf.spring.autoconfigure;

import dev.onbehalf.spring.Destinations;
import dev.onbehalf.spring.Destinations.Destination;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.AbstractBeanDefinition;
import org.springframework.beans.factory.support.RootBeanDefinition;

/**
 * The beans that people's queries use: of each {@link QueryPath} the one that is found without a
 * qualifier, and the one that is found by the usual name.
 */
final class QueryPaths {
  /** What these make is made of what the application has, which is looked at itself. */
  private static final List<String> MAKERS =
      List.of("org.springframework.boot.", "org.mybatis.spring.boot.");

  private final ConfigurableListableBeanFactory beans;
  private final Destinations destinations;

  QueryPaths(ConfigurableListableBeanFactory beans, Destinations destinations) {
    this.beans = beans;
    this.destinations = destinations;
  }

  /**
   * Goes along each path.
   *
   * @throws SharedIdentityException if one leads everybody to the same role
   */
  void check(Stream<QueryPath<?>> paths) {
    paths.forEach(path -> used(path).forEach(name -> check(path, name)));
  }

  private void check(QueryPath<?> path, String name) {
    Destination destination = path.of(destinations, beans.getBean(name));
    if (destination.compareTo(Destination.ELSEWHERE) > 0) {
      throw new SharedIdentityException(
          name,
          path.type(),
          destination,
          definition(name).map(BeanDefinition::getResourceDescription).orElse(null));
    }
  }

  private Set<String> used(QueryPath<?> path) {
    Set<String> used = new LinkedHashSet<>();
    unqualified(path.type()).ifPresent(used::add);
    if (beans.containsBean(path.name()) && beans.isTypeMatch(path.name(), path.type())) {
      used.add(path.name());
    }
    used.removeIf(this::isMadeOfOthers);
    return used;
  }

  /**
   * As Spring resolves a dependency: the only candidate, else the primary one, else the only one
   * that is no fallback.
   */
  private Optional<String> unqualified(Class<?> type) {
    List<String> candidates =
        Arrays.stream(BeanFactoryUtils.beanNamesForTypeIncludingAncestors(beans, type))
            .filter(name -> has(name, QueryPaths::isDefaultCandidate, true))
            .toList();
    return only(candidates, name -> true)
        .or(() -> only(candidates, name -> has(name, BeanDefinition::isPrimary, false)))
        .or(() -> only(candidates, name -> !has(name, BeanDefinition::isFallback, false)));
  }

  private static Optional<String> only(List<String> names, Predicate<String> condition) {
    List<String> all = names.stream().filter(condition).toList();
    return all.size() == 1 ? Optional.of(all.get(0)) : Optional.empty();
  }

  private static boolean isDefaultCandidate(BeanDefinition definition) {
    return definition.isAutowireCandidate()
        && (!(definition instanceof AbstractBeanDefinition it) || it.isDefaultCandidate());
  }

  private boolean has(String name, Predicate<BeanDefinition> property, boolean withoutDefinition) {
    return definition(name).map(property::test).orElse(withoutDefinition);
  }

  private boolean isMadeOfOthers(String name) {
    return definition(name)
        .map(it -> it instanceof RootBeanDefinition root ? root.getResolvedFactoryMethod() : null)
        .map(Method::getDeclaringClass)
        .map(Class::getName)
        .filter(maker -> MAKERS.stream().anyMatch(maker::startsWith))
        .isPresent();
  }

  /** Empty for a singleton that was registered as it is. */
  private Optional<BeanDefinition> definition(String name) {
    return beans.containsBeanDefinition(name)
        ? Optional.of(beans.getMergedBeanDefinition(name))
        : Optional.empty();
  }
}
