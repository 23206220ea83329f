package dev.onbehalf.spring.autoconfigure;

import dev.onbehalf.spring.Destinations;
import dev.onbehalf.spring.Destinations.Destination;
import dev.onbehalf.spring.OnBehalf;
import java.util.Optional;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;

/** Tells the application's {@link DataSource} from one of its own that leads elsewhere. */
final class RoutedDataSource {
  private RoutedDataSource() {}

  /** Whether the primary one leads to whoever is bound, perhaps through wrappers. */
  static boolean isPrimary(ObjectProvider<DataSource> primary, ObjectProvider<OnBehalf> onBehalf) {
    DataSource dataSource = primary.getIfUnique();
    OnBehalf routing = onBehalf.getIfUnique();
    return dataSource != null && routing != null && leadsTo(routing, dataSource);
  }

  private static boolean leadsTo(OnBehalf onBehalf, DataSource dataSource) {
    return Destinations.from(onBehalf).of(dataSource) == Destination.WHOEVER_IS_BOUND;
  }

  /** The one whose people {@code dataSource} leads to, primary or not; empty for no people. */
  static Optional<OnBehalf> whose(DataSource dataSource, ObjectProvider<OnBehalf> onBehalf) {
    return onBehalf.orderedStream().filter(it -> leadsTo(it, dataSource)).findFirst();
  }

  /** Gives each bean of a type our defaults, where the primary one leads to whoever is bound. */
  static <T> BeanPostProcessor defaults(
      Class<T> type,
      ObjectProvider<DataSource> primary,
      ObjectProvider<OnBehalf> onBehalf,
      Consumer<T> defaults) {
    return new BeanPostProcessor() {
      @Override
      public Object postProcessAfterInitialization(Object bean, String name) {
        if (type.isInstance(bean) && isPrimary(primary, onBehalf)) {
          defaults.accept(type.cast(bean));
        }
        return bean;
      }
    };
  }
}
