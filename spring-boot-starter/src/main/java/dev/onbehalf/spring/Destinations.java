package dev.onbehalf.spring;

import dev.onbehalf.identity.DatabaseSettings;
import dev.onbehalf.pool.UserPool;
import java.lang.reflect.Method;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.springframework.jdbc.datasource.LazyConnectionDataSourceProxy;
import org.springframework.jdbc.datasource.lookup.AbstractRoutingDataSource;
import org.springframework.util.ClassUtils;

/**
 * Finds out as whom the queries of a {@link DataSource}, or of what is built on one, run: by
 * looking, through Spring's wrappers and at the URL of a pool; through all other wrappers by asking
 * for a connection, and seeing who is asked in the end. Only where neither tells, a connection is
 * opened. Thread-safe.
 */
public final class Destinations {
  private static final int DEEPEST = 20;

  private static final List<String> INNER = List.of("getTargetDataSource", "getDataSource");
  private static final List<String> URL = List.of("getJdbcUrl", "getUrl", "getURL");

  /** Whose DataSources keep connections, also those that they have from another. */
  private static final List<String> POOLS =
      List.of(
          "com.mchange.v2.c3p0.",
          "com.zaxxer.hikari.",
          "io.agroal.",
          "oracle.ucp.",
          "org.apache.commons.dbcp2.",
          "org.apache.tomcat.jdbc.pool.");

  private final OnBehalf onBehalf;
  private final DatabaseSettings settings;

  /** Asked several times at a start, and the answer may cost a connection. */
  private final Map<DataSource, Destination> known =
      Collections.synchronizedMap(new IdentityHashMap<>());

  /** As whom queries run; what is worse for people comes later. */
  public enum Destination {
    /** As whoever is bound. */
    WHOEVER_IS_BOUND,
    /** In another database, or not to be found out. */
    ELSEWHERE,
    /** As whoever happened to open the connection. */
    WHOEVER_WAS_FIRST,
    /** In our database as one and the same role, the service principal's or another. */
    ONE_ROLE
  }

  /** A query, or whatever else needs a connection. */
  @FunctionalInterface
  public interface Query {
    void run(Showing showing) throws Exception;
  }

  /** Takes a look at the connection that a query has got. */
  @FunctionalInterface
  public interface Showing {
    void show(Connection connection) throws SQLException;
  }

  Destinations(OnBehalf onBehalf, DatabaseSettings settings) {
    this.onBehalf = onBehalf;
    this.settings = settings;
  }

  /** Those that {@code onBehalf} tells apart. */
  public static Destinations from(OnBehalf onBehalf) {
    return onBehalf.destinations();
  }

  /** As whom the queries of {@code dataSource} run. What can't be found out is elsewhere. */
  public Destination of(DataSource dataSource) {
    return known.computeIfAbsent(dataSource, it -> of(it, 0));
  }

  private Destination of(DataSource dataSource, int depth) {
    if (dataSource == onBehalf.dataSource()) {
      return Destination.WHOEVER_IS_BOUND;
    }
    if (dataSource instanceof UserPool || depth > DEEPEST) {
      return Destination.ONE_ROLE;
    }
    List<DataSource> inner = inner(dataSource);
    if (inner.isEmpty()) {
      return call(dataSource, URL, String.class)
          .map(this::ofUrl)
          .orElseGet(() -> ofQuery(asking(dataSource)));
    }
    Destination destination = worst(inner.stream().map(it -> of(it, depth + 1)));
    if (destination != Destination.WHOEVER_IS_BOUND) {
      return destination;
    }
    if (isPool(dataSource.getClass().getName())) {
      return Destination.WHOEVER_WAS_FIRST;
    }
    if (dataSource instanceof AbstractRoutingDataSource) {
      return destination;
    }
    // A wrapper need not do what it looks like; where it does, this opens nothing.
    return dataSource instanceof LazyConnectionDataSourceProxy
        ? worst(Stream.of(ofQuery(asking(dataSource)), ofQuery(askingToRead(dataSource))))
        : ofQuery(asking(dataSource));
  }

  private static Query asking(DataSource dataSource) {
    return showing -> {
      try (Connection connection = dataSource.getConnection()) {
        showing.show(connection);
      }
    };
  }

  /** It may have another DataSource for transactions that only read. */
  private static Query askingToRead(DataSource dataSource) {
    return showing -> {
      try (Connection connection = dataSource.getConnection()) {
        connection.setReadOnly(true);
        showing.show(connection);
      }
    };
  }

  /** As whom {@code query} runs, when it asks for a connection on this thread. */
  public Destination ofQuery(Query query) {
    List<Destination> seen = new ArrayList<>();
    try {
      LateDataSource.reachedBy(
          () -> query.run(connection -> seen.add(ofUrl(connection.getMetaData().getURL()))),
          late -> seen.add(ofReached(late)));
    } catch (Exception e) {
      if (seen.isEmpty() && isOfOurPool(e)) {
        return Destination.ONE_ROLE;
      }
    }
    return worst(seen.stream());
  }

  private Destination ofReached(DataSource reached) {
    if (reached != onBehalf.dataSource()) {
      return Destination.ONE_ROLE;
    }
    boolean pooled =
        StackWalker.getInstance()
            .walk(frames -> frames.anyMatch(frame -> isPool(frame.getClassName())));
    return pooled ? Destination.WHOEVER_WAS_FIRST : Destination.WHOEVER_IS_BOUND;
  }

  private static boolean isPool(String type) {
    return POOLS.stream().anyMatch(type::startsWith);
  }

  private Destination ofUrl(String url) {
    return settings.isReachedBy(url) ? Destination.ONE_ROLE : Destination.ELSEWHERE;
  }

  private static Destination worst(Stream<Destination> destinations) {
    return destinations.max(Comparator.naturalOrder()).orElse(Destination.ELSEWHERE);
  }

  /** The database need not be up for this. */
  private static boolean isOfOurPool(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      for (StackTraceElement frame : cause.getStackTrace()) {
        if (frame.getClassName().startsWith("dev.onbehalf.pool.")) {
          return true;
        }
      }
    }
    return false;
  }

  private static List<DataSource> inner(DataSource dataSource) {
    if (dataSource instanceof AbstractRoutingDataSource routing) {
      List<DataSource> targets = new ArrayList<>(routing.getResolvedDataSources().values());
      Optional.ofNullable(routing.getResolvedDefaultDataSource()).ifPresent(targets::add);
      return targets;
    }
    Optional<DataSource> inner = call(dataSource, INNER, DataSource.class);
    return (inner.isPresent() ? inner : unwrapped(dataSource)).stream().toList();
  }

  /** What a proxy stands for. */
  private static Optional<DataSource> unwrapped(DataSource dataSource) {
    try {
      return Optional.of(dataSource.unwrap(DataSource.class)).filter(it -> it != dataSource);
    } catch (SQLException | RuntimeException e) {
      return Optional.empty();
    }
  }

  /** Pools and wrappers have no interface for these, but the same names. */
  private static <T> Optional<T> call(Object target, List<String> methods, Class<T> type) {
    for (String name : methods) {
      Method method = ClassUtils.getMethodIfAvailable(target.getClass(), name);
      if (method == null) {
        continue;
      }
      try {
        method.setAccessible(true);
        Object value = method.invoke(target);
        if (type.isInstance(value)) {
          return Optional.of(type.cast(value));
        }
      } catch (ReflectiveOperationException | RuntimeException e) {
        // It does not say.
      }
    }
    return Optional.empty();
  }
}
