package dev.onbehalf.spring.autoconfigure;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;
import org.springframework.jdbc.datasource.AbstractDataSource;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.jdbc.datasource.LazyConnectionDataSourceProxy;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;
import org.springframework.jdbc.datasource.lookup.AbstractRoutingDataSource;

/** What applications and their libraries put around a DataSource. */
final class Wrappings {
  private Wrappings() {}

  static Map<String, UnaryOperator<DataSource>> all() {
    Map<String, UnaryOperator<DataSource>> all = new LinkedHashMap<>();
    all.put("nothing", it -> it);
    all.put("Spring's wrapper", DelegatingDataSource::new);
    all.put("one for lazy connections", LazyConnectionDataSourceProxy::new);
    all.put("one for transactions", TransactionAwareDataSourceProxy::new);
    all.put("a proxy", Wrappings::proxy);
    all.put("one that does not unwrap", Opaque::new);
    all.put("one that hides failures", it -> new Opaque(it, it));
    all.put("a routing one", it -> routing(it, Map.of()));
    all.put(
        "several", it -> new Opaque(proxy(new DelegatingDataSource(routing(it, Map.of(1, it))))));
    return all;
  }

  /** As a post-processor makes one. */
  static DataSource proxy(DataSource target) {
    return (DataSource)
        Proxy.newProxyInstance(
            Wrappings.class.getClassLoader(),
            new Class<?>[] {DataSource.class},
            (proxy, method, arguments) -> {
              try {
                return method.invoke(target, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  static DataSource routing(DataSource byDefault, Map<Object, Object> others) {
    AbstractRoutingDataSource routing =
        new AbstractRoutingDataSource() {
          @Override
          protected Object determineCurrentLookupKey() {
            return "none of them";
          }
        };
    routing.setDefaultTargetDataSource(byDefault);
    routing.setTargetDataSources(others);
    routing.afterPropertiesSet();
    return routing;
  }

  /** Tells nothing, and asks one after the other until one gives a connection. */
  static final class Opaque extends AbstractDataSource {
    private final DataSource[] hidden;

    Opaque(DataSource... hidden) {
      this.hidden = hidden;
    }

    @Override
    public Connection getConnection() throws SQLException {
      for (int i = 0; i < hidden.length - 1; i++) {
        try {
          return hidden[i].getConnection();
        } catch (SQLException e) {
          // the next one
        }
      }
      return hidden[hidden.length - 1].getConnection();
    }

    @Override
    public Connection getConnection(String username, String password) throws SQLException {
      return getConnection();
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
      throw new SQLException("Nothing to see here");
    }

    @Override
    public boolean isWrapperFor(Class<?> type) {
      return false;
    }
  }
}
