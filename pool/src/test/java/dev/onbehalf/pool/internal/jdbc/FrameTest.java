package dev.onbehalf.pool.internal.jdbc;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.Reader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.sql.Blob;
import java.sql.CallableStatement;
import java.sql.Clob;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.NClob;
import java.sql.ParameterMetaData;
import java.sql.PreparedStatement;
import java.sql.Ref;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.RowId;
import java.sql.SQLException;
import java.sql.SQLXML;
import java.sql.Savepoint;
import java.sql.Statement;
import java.sql.Struct;
import java.sql.Wrapper;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever a driver's call ends in is looked at: every method of every object handed out. */
final class FrameTest {
  /** Answered by the wrapper, or the way out of it. */
  private static final Set<String> OWN =
      Set.of("getConnection", "getStatement", "unwrap", "isWrapperFor", "isClosed", "abort");

  /** Wrapped as large objects are. */
  private static final Set<Class<?>> LIKE_CLOBS = Set.of(NClob.class, java.sql.Array.class);

  /** In PostgreSQL's driver they are what has been read, or don't exist. */
  private static final Set<Class<?>> VALUES =
      Set.of(SQLXML.class, Savepoint.class, RowId.class, Ref.class, Struct.class);

  private @Nullable Throwable failure;
  private boolean driverClosed;
  private final LoneConnection physical = connection();
  private final PooledConnection connection = physical.lend();

  private LoneConnection connection() {
    try {
      return new LoneConnection(driver(Connection.class));
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private <T> T driver(Class<T> type) {
    return type.cast(
        Proxy.newProxyInstance(
            FrameTest.class.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> answer(method)));
  }

  private @Nullable Object answer(Method method) throws Throwable {
    if (method.getDeclaringClass() == Object.class) {
      return "driver's";
    }
    if (method.getName().equals("isClosed")) {
      return driverClosed;
    }
    if (failure != null) {
      throw failure;
    }
    Class<?> type = method.getReturnType();
    return Wrapper.class.isAssignableFrom(type) || Set.of(Blob.class, Clob.class).contains(type)
        ? driver(type)
        : zero(type);
  }

  private static @Nullable Object zero(Class<?> type) {
    return type == void.class || !type.isPrimitive()
        ? null
        : java.lang.reflect.Array.get(java.lang.reflect.Array.newInstance(type, 1), 0);
  }

  /** Everything that a lease hands out. */
  private Map<Class<?>, Object> handedOut() throws SQLException {
    PreparedStatement prepared = connection.prepareStatement("select 1");
    return Map.of(
        Connection.class, connection,
        Statement.class, connection.createStatement(),
        PreparedStatement.class, prepared,
        CallableStatement.class, connection.prepareCall("call f()"),
        ResultSet.class, connection.createStatement().executeQuery("select 1"),
        DatabaseMetaData.class, connection.getMetaData(),
        ResultSetMetaData.class, requireNonNull(prepared.getMetaData()),
        ParameterMetaData.class, prepared.getParameterMetaData(),
        Blob.class, requireNonNull(connection.createBlob()),
        Clob.class, requireNonNull(connection.createClob()));
  }

  private static Stream<Method> callsToTheDriver(Class<?> type) {
    return Stream.of(type.getMethods())
        .filter(method -> !Modifier.isStatic(method.getModifiers()))
        .filter(method -> !OWN.contains(method.getName()))
        .filter(method -> type != Connection.class || !method.getName().equals("close"));
  }

  private static @Nullable Throwable call(Object target, Method method)
      throws IllegalAccessException {
    Object[] arguments = Stream.of(method.getParameterTypes()).map(FrameTest::zero).toArray();
    try {
      method.invoke(target, arguments);
      return null;
    } catch (InvocationTargetException e) {
      return e.getCause();
    }
  }

  static Stream<Throwable> unexpected() {
    return Stream.of(
        new UncheckedIOException(new IOException("a stream of the caller's")),
        new StackOverflowError(),
        new OutOfMemoryError(),
        new IllegalStateException("a bug in the driver"));
  }

  @ParameterizedTest
  @MethodSource("unexpected")
  void what_is_no_sql_exception_ends_the_connection_and_is_thrown_on(Throwable thrown)
      throws SQLException, IllegalAccessException {
    for (Map.Entry<Class<?>, Object> object : handedOut().entrySet()) {
      for (Method method : callsToTheDriver(object.getKey()).toList()) {
        physical.mend();
        failure = thrown;
        assertThat(call(object.getValue(), method)).as("%s", method).isSameAs(thrown);
        assertThat(physical.isBroken()).as("%s", method).isTrue();
      }
    }
  }

  @Test
  void an_sql_exception_ends_it_if_it_says_so_or_the_driver_has_closed_it()
      throws SQLException, IllegalAccessException {
    assertBreaks(new SQLException("syntax", "42601"), false);
    assertBreaks(new SQLException("gone", "08006"), true);
    SQLException chained = new SQLException("batch", "42601");
    chained.setNextException(new SQLException("shut down", "57P01"));
    assertBreaks(chained, true);
    driverClosed = true;
    assertBreaks(new SQLException("closed", "42601"), true);
  }

  @Test
  void somebody_may_say_which_others_end_it() throws SQLException, IllegalAccessException {
    physical.endsIt = error -> "25006".equals(error.getSQLState());
    assertBreaks(new SQLException("read-only: it was the primary", "25006"), true);
    assertBreaks(new SQLException("syntax", "42601"), false);
    physical.endsIt =
        error -> {
          throw new IllegalStateException("a bug in the hook");
        };
    assertBreaks(new SQLException("syntax", "42601"), true);
  }

  private void assertBreaks(SQLException thrown, boolean breaks)
      throws SQLException, IllegalAccessException {
    failure = null;
    for (Map.Entry<Class<?>, Object> object : handedOut().entrySet()) {
      for (Method method : callsToTheDriver(object.getKey()).toList()) {
        if (!Set.of(method.getExceptionTypes()).contains(SQLException.class)) {
          continue;
        }
        physical.mend();
        failure = thrown;
        assertThat(call(object.getValue(), method)).as("%s", method).isSameAs(thrown);
        assertThat(physical.isBroken()).as("%s", method).isEqualTo(breaks);
      }
    }
  }

  @Test
  void after_the_lease_an_sql_exception_of_what_it_handed_out_says_nothing_of_the_next()
      throws SQLException {
    Statement old = connection.createStatement();
    connection.close();
    failure = new SQLException("this statement is closed", "08003");

    assertThat(catchThrowable(() -> old.execute("select 1"))).isSameAs(failure);
    assertThat(physical.isBroken()).isFalse();
  }

  @Test
  void rows_and_large_objects_come_wrapped_also_as_plain_objects() throws SQLException {
    Class<?>[] types = {ResultSet.class, Blob.class, Clob.class, NClob.class};
    for (Class<?> type : types) {
      Object[] value = {driver(type)};
      ResultSet rows =
          (ResultSet)
              Proxy.newProxyInstance(
                  FrameTest.class.getClassLoader(),
                  new Class<?>[] {ResultSet.class},
                  (proxy, method, arguments) -> value[0]);
      Object shown = new PooledResultSet(connection, null, rows).getObject(1);
      assertThat(shown).isInstanceOf(type).isNotSameAs(value[0]);
    }
  }

  /** Unlike statements and their rows, which are closed. */
  @ParameterizedTest
  @ValueSource(
      classes = {
        DatabaseMetaData.class,
        ResultSetMetaData.class,
        ParameterMetaData.class,
        Blob.class,
        Clob.class
      })
  void what_may_ask_the_server_later_fails_like_its_connection_once_the_lease_is_over(Class<?> type)
      throws SQLException, IllegalAccessException {
    Object kept = requireNonNull(handedOut().get(type));
    connection.close();

    for (Method method : callsToTheDriver(type).toList()) {
      if (method.getExceptionTypes().length > 0 && !method.getName().equals("free")) {
        assertThat(call(kept, method))
            .as("%s", method)
            .isInstanceOf(SQLException.class)
            .extracting(e -> ((SQLException) e).getSQLState())
            .isEqualTo("08003");
      }
    }
  }

  /** What is done with it then would be unknown to the lease that it is done in. */
  @Test
  void after_the_lease_no_way_leads_to_the_drivers_object() throws SQLException {
    Map<Class<?>, Object> kept = handedOut();
    connection.close();

    for (Object each : kept.values()) {
      if (each instanceof Wrapper object) {
        assertThat(catchThrowable(() -> object.unwrap(Runnable.class)))
            .as("%s", each.getClass())
            .isInstanceOf(SQLException.class)
            .extracting(e -> ((SQLException) e).getSQLState())
            .isEqualTo("08003");
        assertThat(object.unwrap(Wrapper.class)).isSameAs(object);
      }
    }
    assertThat(physical.isBroken()).isFalse();
  }

  @Test
  void nothing_that_asks_the_server_is_handed_out_bare() throws SQLException {
    Set<Class<?>> asks = handedOut().keySet();
    assertThat(asks.stream().flatMap(FrameTest::callsToTheDriver).map(Method::getReturnType))
        .filteredOn(type -> type.isInterface() && type.getPackageName().equals("java.sql"))
        .isNotEmpty()
        .allMatch(
            type -> asks.contains(type) || LIKE_CLOBS.contains(type) || VALUES.contains(type));
  }

  @Test
  void how_a_large_objects_stream_failed_is_looked_at_as_well() {
    assertStreamBreaks(new IOException("this stream is closed"), false);
    assertStreamBreaks(new IOException(new SQLException("no such object", "42704")), false);
    assertStreamBreaks(new IOException(new SQLException("gone", "08006")), true);
    assertStreamBreaks(new IllegalStateException("a bug in the driver"), true);
  }

  private void assertStreamBreaks(Exception thrown, boolean breaks) {
    physical.mend();
    Reader driver =
        new Reader() {
          @Override
          public int read(char[] target, int offset, int length) throws IOException {
            if (thrown instanceof IOException e) {
              throw e;
            }
            throw (RuntimeException) thrown;
          }

          @Override
          public void close() {}
        };
    Reader stream = (Reader) requireNonNull(LeasedStreams.wrap(connection, driver));
    assertThat(catchThrowable(stream::read)).isSameAs(thrown);
    assertThat(physical.isBroken()).isEqualTo(breaks);
  }

  @Test
  void an_abort_reaches_a_connection_whose_cleaning_hangs() throws SQLException {
    connection.unwrap(Runnable.class);
    connection.close();
    assertThat(physical.elsewhere.get()).isNotNull();
    assertThat(physical.back.getCount()).isEqualTo(1);

    connection.abort(Runnable::run);
    assertThat(physical.isBroken()).isTrue();
    assertThat(physical.back.getCount()).isZero();
  }

  @Test
  void a_statement_that_closed_on_completion_is_not_kept() throws SQLException {
    boolean[] closed = {false};
    int[] closings = {0};
    ResultSet rows = driver(ResultSet.class);
    Statement statement =
        connection.wrap(
            (Statement)
                Proxy.newProxyInstance(
                    FrameTest.class.getClassLoader(),
                    new Class<?>[] {Statement.class},
                    (proxy, method, arguments) ->
                        switch (method.getName()) {
                          case "executeQuery" -> rows;
                          case "isClosed" -> closed[0];
                          case "close" -> closings[0]++;
                          default -> zero(method.getReturnType());
                        }));
    statement.closeOnCompletion();
    ResultSet open = statement.executeQuery("select 1");
    open.close();
    closed[0] = true;
    statement.getMoreResults();
    connection.close();

    assertThat(closings[0]).isZero();
  }

  /** Else whoever has it still goes on with it in the next lease. */
  @Test
  void what_did_not_close_is_closed_with_the_lease() throws SQLException {
    boolean[] fails = {true};
    int[] closed = {0};
    InvocationHandler driver =
        (proxy, method, arguments) -> {
          if (method.getName().equals("close")) {
            if (fails[0]) {
              throw new SQLException("not now", "57014");
            }
            closed[0]++;
          }
          return zero(method.getReturnType());
        };
    Statement statement = connection.wrap(driver(Statement.class, driver));
    ResultSet rows = connection.wrap(driver(ResultSet.class, driver));
    assertThat(catchThrowable(statement::close)).hasMessage("not now");
    assertThat(catchThrowable(rows::close)).hasMessage("not now");
    fails[0] = false;
    connection.isReadOnly(); // as whoever made the statement
    connection.close();

    assertThat(closed[0]).isEqualTo(2);
  }

  /** Else it would serve within the next lease. */
  @ParameterizedTest
  @ValueSource(classes = {Statement.class, PreparedStatement.class, CallableStatement.class})
  void a_statement_that_is_made_while_another_thread_ends_the_lease_is_closed(
      Class<? extends Statement> type) throws SQLException, IllegalAccessException {
    for (Method method : Connection.class.getMethods()) {
      if (method.getReturnType() == type) {
        AtomicReference<@Nullable PooledConnection> lease = new AtomicReference<>();
        AtomicInteger closed = new AtomicInteger();
        InvocationHandler made =
            (proxy, called, arguments) ->
                called.getName().equals("close")
                    ? closed.incrementAndGet()
                    : zero(called.getReturnType());
        InvocationHandler driver =
            (proxy, called, arguments) -> {
              if (!called.getName().equals(method.getName())) {
                return zero(called.getReturnType());
              }
              requireNonNull(lease.get()).close();
              return driver(type, made);
            };
        lease.set(new LoneConnection(driver(Connection.class, driver)).lend());
        assertThat(call(requireNonNull(lease.get()), method))
            .as("%s", method)
            .isInstanceOf(SQLException.class)
            .extracting(e -> ((SQLException) e).getSQLState())
            .isEqualTo("08003");
        assertThat(closed).as("%s", method).hasValue(1);
      }
    }
  }

  /** {@code close()} and {@code free()} have no effect the second time, whenever that is. */
  @Test
  void what_was_closed_within_the_lease_may_be_closed_again_after_it() throws Exception {
    Blob blob = requireNonNull(connection.createBlob());
    Blob open = requireNonNull(connection.createBlob());
    Writer text = (Writer) requireNonNull(LeasedStreams.wrap(connection, new StringWriter()));
    OutputStream bytes =
        (OutputStream) requireNonNull(LeasedStreams.wrap(connection, new ByteArrayOutputStream()));
    Writer lost = (Writer) requireNonNull(LeasedStreams.wrap(connection, new StringWriter()));
    blob.free();
    text.close();
    bytes.close();
    connection.close();

    blob.free();
    open.free(); // with the lease
    text.close();
    bytes.close();
    assertThat(catchThrowable(lost::close)).as("what it holds is lost").isNotNull();
  }

  private static <T> T driver(Class<T> type, InvocationHandler answers) {
    return type.cast(
        Proxy.newProxyInstance(FrameTest.class.getClassLoader(), new Class<?>[] {type}, answers));
  }
}
