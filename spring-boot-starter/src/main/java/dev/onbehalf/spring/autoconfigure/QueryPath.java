package dev.onbehalf.spring.autoconfigure;

import dev.onbehalf.spring.Destinations;
import dev.onbehalf.spring.Destinations.Destination;
import dev.onbehalf.spring.Destinations.Query;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import javax.sql.DataSource;
import org.springframework.jdbc.core.ConnectionCallback;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.jdbc.core.ResultSetExtractor;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcOperations;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcAccessor;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.ResourceTransactionManager;

/**
 * A type of bean through which an application's queries reach the database. Each library adds its
 * own, where it is present.
 *
 * @param type the type that code asks for
 * @param name what a bean of it is called that code and libraries find by its name
 * @param destination as whom the queries of such a bean run
 */
record QueryPath<T>(
    Class<T> type, String name, BiFunction<Destinations, T, Destination> destination) {

  /** Those that Spring itself has. */
  static final List<QueryPath<?>> OF_SPRING =
      List.of(
          new QueryPath<>(DataSource.class, "dataSource", Destinations::of),
          new QueryPath<>(JdbcOperations.class, "jdbcTemplate", QueryPath::of),
          new QueryPath<>(
              NamedParameterJdbcOperations.class,
              "namedParameterJdbcTemplate",
              (destinations, jdbc) -> of(destinations, jdbc.getJdbcOperations())),
          new QueryPath<>(JdbcClient.class, "jdbcClient", QueryPath::of),
          of(
              PlatformTransactionManager.class,
              "transactionManager",
              manager ->
                  manager instanceof ResourceTransactionManager of
                          && of.getResourceFactory() instanceof DataSource dataSource
                      ? Optional.of(dataSource)
                      : Optional.empty()));

  /** A path through beans that tell their {@link DataSource}; others lead elsewhere. */
  static <T> QueryPath<T> of(
      Class<T> type, String name, Function<T, Optional<DataSource>> dataSource) {
    return new QueryPath<>(
        type,
        name,
        (destinations, bean) ->
            dataSource.apply(bean).map(destinations::of).orElse(Destination.ELSEWHERE));
  }

  private static Destination of(Destinations destinations, JdbcOperations jdbc) {
    if (jdbc instanceof JdbcAccessor accessor && accessor.getDataSource() != null) {
      return destinations.of(accessor.getDataSource());
    }
    return destinations.ofQuery(
        showing ->
            jdbc.execute(
                (ConnectionCallback<Boolean>)
                    connection -> {
                      showing.show(connection);
                      return true;
                    }));
  }

  /** It does not tell on what it is built. */
  private static Destination of(Destinations destinations, JdbcClient jdbc) {
    Query query =
        showing ->
            jdbc.sql("SELECT 1")
                .query(
                    (ResultSetExtractor<Boolean>)
                        rows -> {
                          showing.show(rows.getStatement().getConnection());
                          return true;
                        });
    return destinations.ofQuery(query);
  }

  Destination of(Destinations destinations, Object bean) {
    return destination.apply(destinations, type.cast(bean));
  }
}
