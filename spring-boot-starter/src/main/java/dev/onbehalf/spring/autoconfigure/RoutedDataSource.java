package dev.onbehalf.spring.autoconfigure;

import dev.onbehalf.spring.OnBehalf;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.springframework.beans.factory.ObjectProvider;

/** Tells the application's {@link DataSource} from one of its own that leads elsewhere. */
final class RoutedDataSource {
  private RoutedDataSource() {}

  /** Whether the primary one leads to whoever is bound, perhaps through wrappers. */
  static boolean isPrimary(ObjectProvider<DataSource> primary, ObjectProvider<OnBehalf> onBehalf) {
    DataSource dataSource = primary.getIfUnique();
    OnBehalf routing = onBehalf.getIfUnique();
    return dataSource != null && routing != null && leadsTo(routing.dataSource(), dataSource);
  }

  private static boolean leadsTo(DataSource routed, DataSource dataSource) {
    Class<? extends DataSource> type = routed.getClass();
    try {
      return dataSource.isWrapperFor(type) && dataSource.unwrap(type) == routed;
    } catch (SQLException e) {
      throw new IllegalStateException("A DataSource that can't say what it wraps", e);
    }
  }
}
