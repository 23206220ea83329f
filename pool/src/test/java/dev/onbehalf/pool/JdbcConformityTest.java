package dev.onbehalf.pool;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.sql.Connection.TRANSACTION_READ_COMMITTED;
import static java.sql.Connection.TRANSACTION_SERIALIZABLE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.Reader;
import java.sql.Array;
import java.sql.Blob;
import java.sql.CallableStatement;
import java.sql.Clob;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.time.Duration;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;

/** The wrapper against a real PostgreSQL. Each user has one connection, so leases share it. */
final class JdbcConformityTest {
  private final PostgresServer server = PostgresServer.get();
  private final UserPoolManager manager =
      UserPoolManager.builder(server, server)
          .maxConnectionsPerUser(1)
          .connectionTimeout(Duration.ofSeconds(20))
          .build();
  private Connection connection;

  @BeforeEach
  void take() throws SQLException {
    connection = manager.getPool("alice").getConnection();
  }

  @AfterEach
  void close() throws SQLException {
    connection.close();
    manager.close();
  }

  private void takeAgain() throws SQLException {
    connection.close();
    connection = manager.getPool("alice").getConnection();
    assertThat(manager.statistics().logins()).isEqualTo(1);
  }

  private static String ask(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getString(1);
    }
  }

  private static void run(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static void assertClosed(ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOf(SQLException.class)
        .extracting(e -> ((SQLException) e).getSQLState())
        .isEqualTo("08003");
  }

  @Test
  void the_server_sees_the_user() throws SQLException {
    assertThat(ask(connection, "select current_user")).isEqualTo("alice");
  }

  @Test
  void closing_twice_is_fine_and_gives_back_once() throws SQLException {
    connection.close();
    Connection next = manager.getPool("alice").getConnection();
    connection.close();
    assertThat(next.isClosed()).isFalse();
    assertThat(manager.statistics().inUse()).isEqualTo(1);
    next.close();
  }

  @Test
  void use_after_close_fails_with_08003() throws SQLException {
    DatabaseMetaData metaData = connection.getMetaData();
    connection.close();

    assertThat(connection.isClosed()).isTrue();
    assertThat(connection.isValid(1)).isFalse();
    assertClosed(() -> connection.createStatement());
    assertClosed(() -> connection.prepareStatement("select 1"));
    assertClosed(() -> connection.commit());
    assertClosed(() -> connection.setAutoCommit(false));
    assertClosed(() -> connection.setReadOnly(true));
    assertClosed(() -> connection.getMetaData());
    assertClosed(() -> connection.unwrap(PGConnection.class));
    assertClosed(() -> connection.setClientInfo("ApplicationName", "x"));
    assertClosed(() -> metaData.getTables(null, null, "%", null));
    assertThatCode(() -> connection.abort(Runnable::run)).doesNotThrowAnyException();
  }

  @Test
  void unwrap_gives_the_drivers_own_and_is_wrapper_for_says_so() throws SQLException {
    assertThat(connection.isWrapperFor(PGConnection.class)).isTrue();
    assertThat(connection.unwrap(PGConnection.class).getBackendPID()).isPositive();
    assertThat(connection.unwrap(Connection.class)).isSameAs(connection);
    assertThat(connection.isWrapperFor(Runnable.class)).isFalse();
    assertThatThrownBy(() -> connection.unwrap(Runnable.class)).isInstanceOf(SQLException.class);
  }

  @Test
  void every_way_back_leads_to_the_wrapper() throws SQLException {
    Statement statement = connection.createStatement();
    PreparedStatement prepared = connection.prepareStatement("select ?::int");
    prepared.setInt(1, 7);
    CallableStatement callable = connection.prepareCall("{? = call abs(?)}");
    ResultSet rows = statement.executeQuery("select 1");
    ResultSet more = prepared.executeQuery();
    DatabaseMetaData metaData = connection.getMetaData();

    assertThat(statement.getConnection()).isSameAs(connection);
    assertThat(prepared.getConnection()).isSameAs(connection);
    assertThat(callable.getConnection()).isSameAs(connection);
    assertThat(metaData.getConnection()).isSameAs(connection);
    assertThat(rows.getStatement()).isSameAs(statement);
    assertThat(more.getStatement()).isSameAs(prepared);
    assertThat(statement.getResultSet().getStatement()).isSameAs(statement);
    try (ResultSet tables = metaData.getTables(null, null, "%", null)) {
      assertThat(tables.getStatement()).isNull();
    }
  }

  @Test
  void an_array_is_the_callers_own() throws SQLException {
    PreparedStatement prepared = connection.prepareStatement("select ?::int[], ?::int[]");
    Array given = connection.createArrayOf("int", new Integer[] {1, 2});
    prepared.setArray(1, given);
    prepared.setObject(2, given);
    ResultSet rows = prepared.executeQuery();
    rows.next();
    for (Object each :
        List.of(rows.getArray(1), rows.getObject(2), rows.getObject(1, Array.class))) {
      Array array = (Array) each;
      assertThat((Integer[]) array.getArray()).containsExactly(1, 2);
      assertThat(array.toString()).matches("\\{\"?1\"?,\"?2\"?}");
      ResultSet elements = array.getResultSet();
      assertThat(elements.next()).isTrue();
      assertThat(elements.getStatement()).as("the way to the driver's connection").isNull();
      prepared.setArray(1, array);
      prepared.setObject(2, array);
      try (ResultSet again = prepared.executeQuery()) {
        again.next();
        assertThat((Integer[]) again.getArray(1).getArray()).containsExactly(1, 2);
        assertThat(again.getString(2)).matches("\\{\"?1\"?,\"?2\"?}");
      }
      rows = prepared.executeQuery();
      rows.next();
    }
    connection.close();
    assertClosed(given::getArray);
  }

  @Test
  void a_large_object_that_is_asked_for_by_its_class_ends_with_the_lease() throws SQLException {
    connection.setAutoCommit(false);
    ResultSet row =
        connection.createStatement().executeQuery("select lo_create(0), 7::int, null::oid");
    row.next();
    Blob blob = row.getObject(1, Blob.class);
    assertThat(row.getObject(2, Integer.class)).isEqualTo(7);
    assertThat(row.getObject(3, Blob.class)).isNull();
    assertThat(blob.length()).isZero();
    connection.close();
    assertClosed(blob::length);
  }

  /** Else it goes on at the number that the next lease's own large object has on the server. */
  @Test
  void streams_of_a_large_object_end_with_the_lease() throws SQLException, IOException {
    connection.setAutoCommit(false);
    Blob blob = blob("former");
    OutputStream written = blob.setBinaryStream(1);
    InputStream read = blob.getBinaryStream();
    InputStream part = blob.getBinaryStream(1, 3);
    Clob clob = clob("former");
    Reader characters = clob.getCharacterStream();
    InputStream ascii = clob.getAsciiStream();
    assertThat(read.read()).isEqualTo('f');
    assertThat(characters.read()).isEqualTo('f');
    written.write("FORMER".getBytes(UTF_8)); // the driver keeps it until it is flushed

    takeAgain();
    connection.setAutoCommit(false);
    Blob next = blob("latter");
    OutputStream theirs = next.setBinaryStream(1);
    assertOver(written::flush);
    assertOver(written::close);
    for (InputStream stream : List.of(read, part, ascii)) {
      assertOver(stream::read);
      stream.close(); // as what follows the connection's close() mostly does
    }
    assertOver(characters::read);
    characters.close();
    theirs.close();
    assertThat(next.getBytes(1, 6)).isEqualTo("latter".getBytes(UTF_8));
  }

  @Test
  void streams_of_a_large_object_are_the_drivers_while_the_lease_lasts()
      throws SQLException, IOException {
    connection.setAutoCommit(false);
    Blob blob = blob("abcdef");
    try (InputStream stream = blob.getBinaryStream()) {
      assertThat(stream.skip(1)).isEqualTo(1);
      assertThat(stream.readNBytes(2)).isEqualTo("bc".getBytes(UTF_8));
      assertThat(stream.readAllBytes()).isEqualTo("def".getBytes(UTF_8));
    }
    try (OutputStream stream = blob.setBinaryStream(1)) {
      stream.write("uvwxyz".getBytes(UTF_8), 0, 3);
    }
    assertThat(blob.getBytes(1, 6)).isEqualTo("uvwdef".getBytes(UTF_8));
    try (Reader reader = clob("äöü").getCharacterStream()) {
      char[] characters = new char[3];
      assertThat(reader.read(characters)).isPositive();
      assertThat(characters[0]).isEqualTo('ä');
    }
  }

  private Blob blob(String content) throws SQLException {
    return row("select lo_from_bytea(0, convert_to('%s', 'UTF8'))", content).getBlob(1);
  }

  private Clob clob(String content) throws SQLException {
    return row("select lo_from_bytea(0, convert_to('%s', 'UTF8'))", content).getClob(1);
  }

  private ResultSet row(String sql, String value) throws SQLException {
    ResultSet row = connection.createStatement().executeQuery(sql.formatted(value));
    row.next();
    return row;
  }

  private static void assertOver(ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOf(IOException.class)
        .cause()
        .satisfies(JdbcConformityTest::says08003);
  }

  private static void says08003(Throwable e) {
    assertThat(((SQLException) e).getSQLState()).isEqualTo("08003");
  }

  @Test
  void a_callable_statement_works() throws SQLException {
    try (CallableStatement callable = connection.prepareCall("{? = call abs(?)}")) {
      callable.registerOutParameter(1, Types.INTEGER);
      callable.setInt(2, -7);
      callable.execute();
      assertThat(callable.getInt(1)).isEqualTo(7);
    }
  }

  @Test
  void statements_and_result_sets_close_with_the_connection() throws SQLException {
    Statement statement = connection.createStatement();
    ResultSet rows = statement.executeQuery("select generate_series(1, 10)");
    PreparedStatement prepared = connection.prepareStatement("select 1");
    ResultSet catalog = connection.getMetaData().getTables(null, null, "%", null);
    connection.close();

    assertThat(statement.isClosed()).isTrue();
    assertThat(rows.isClosed()).isTrue();
    assertThat(prepared.isClosed()).isTrue();
    assertThat(catalog.isClosed()).isTrue();
    assertThatThrownBy(() -> statement.execute("select 1")).isInstanceOf(SQLException.class);
    assertThatThrownBy(rows::next).isInstanceOf(SQLException.class);
    assertThat(manager.statistics().idle()).isEqualTo(1);
  }

  @Test
  void an_open_transaction_is_rolled_back() throws SQLException {
    run(connection, "create temporary table notes (n int)");
    connection.setAutoCommit(false);
    run(connection, "insert into notes values (1)");
    takeAgain();

    assertThat(connection.getAutoCommit()).isTrue();
    assertThat(ask(connection, "select count(*) from notes")).isEqualTo("0");
  }

  @Test
  void a_transaction_that_plain_sql_began_is_rolled_back() throws SQLException {
    run(connection, "create temporary table notes (n int)");
    run(connection, "begin");
    run(connection, "insert into notes values (1)");
    takeAgain();

    run(connection, "insert into notes values (2)");
    assertThat(ask(connection, "select sum(n) from notes")).isEqualTo("2");
    assertThat(ask(connection, "select txid_current_if_assigned() is null")).isEqualTo("t");
  }

  @Test
  void a_failed_transaction_is_rolled_back() throws SQLException {
    connection.setAutoCommit(false);
    assertThatThrownBy(() -> run(connection, "select 1/0")).isInstanceOf(SQLException.class);
    takeAgain();
    assertThat(ask(connection, "select 1")).isEqualTo("1");
  }

  @Test
  void committed_work_stays() throws SQLException {
    run(connection, "create temporary table notes (n int)");
    connection.setAutoCommit(false);
    run(connection, "insert into notes values (1)");
    connection.commit();
    takeAgain();
    assertThat(ask(connection, "select count(*) from notes")).isEqualTo("1");
  }

  @Test
  void what_a_borrower_set_is_set_back() throws SQLException {
    String path = ask(connection, "show search_path");
    connection.setReadOnly(true);
    connection.setTransactionIsolation(TRANSACTION_SERIALIZABLE);
    connection.setSchema("pg_catalog");
    connection.setNetworkTimeout(Runnable::run, 1234);
    connection.setHoldability(ResultSet.HOLD_CURSORS_OVER_COMMIT);
    connection.setAutoCommit(false);
    assertThat(ask(connection, "show search_path")).isEqualTo("pg_catalog");
    takeAgain();

    assertThat(connection.getAutoCommit()).isTrue();
    assertThat(connection.isReadOnly()).isFalse();
    assertThat(connection.getTransactionIsolation()).isEqualTo(TRANSACTION_READ_COMMITTED);
    assertThat(ask(connection, "show search_path")).isEqualTo(path);
    assertThat(connection.getNetworkTimeout()).isZero();
    assertThat(connection.getHoldability()).isEqualTo(ResultSet.CLOSE_CURSORS_AT_COMMIT);
    assertThat(ask(connection, "show transaction_read_only")).isEqualTo("off");
  }

  @Test
  void what_plain_sql_set_stays_with_the_users_own_connection() throws SQLException {
    run(connection, "set statement_timeout = '77s'");
    takeAgain();
    assertThat(ask(connection, "show statement_timeout")).isEqualTo("77s");
  }

  @Test
  void with_discard_all_nothing_of_a_session_stays() throws SQLException {
    try (UserPoolManager discarding =
        UserPoolManager.builder(server, server)
            .maxConnectionsPerUser(1)
            .discardAllOnReturn(true)
            .build()) {
      try (Connection first = discarding.getPool("alice").getConnection()) {
        run(first, "set statement_timeout = '77s'");
        run(first, "create temporary table notes (n int)");
        first.setAutoCommit(false);
        try (PreparedStatement prepared = first.prepareStatement("select ?::int")) {
          for (int i = 0; i < 10; i++) { // over the driver's threshold for server-side preparing
            prepared.setInt(1, i);
            prepared.execute();
          }
        }
      }
      try (Connection second = discarding.getPool("alice").getConnection()) {
        assertThat(ask(second, "show statement_timeout")).isEqualTo("0");
        assertThat(ask(second, "select to_regclass('notes') is null")).isEqualTo("t");
        try (PreparedStatement prepared = second.prepareStatement("select ?::int")) {
          prepared.setInt(1, 3);
          prepared.execute();
        }
        assertThat(discarding.statistics().logins()).isEqualTo(1);
      }
    }
  }

  @Test
  void abort_ends_the_connection_for_good() throws SQLException {
    connection.abort(Runnable::run);

    assertThat(connection.isClosed()).isTrue();
    assertClosed(() -> connection.createStatement());
    connection = manager.getPool("alice").getConnection();
    assertThat(manager.statistics().logins()).isEqualTo(2);
    assertThat(manager.statistics().evicted().broken()).isEqualTo(1);
  }

  @Test
  void a_broken_connection_is_not_handed_out_again() throws SQLException {
    int pid = connection.unwrap(PGConnection.class).getBackendPID();
    try (Connection superuser = server.superuser()) {
      run(superuser, "select pg_terminate_backend(" + pid + ")");
    }
    assertThatThrownBy(() -> run(connection, "select 1"))
        .isInstanceOf(SQLException.class)
        .extracting(e -> ((SQLException) e).getSQLState())
        .isIn("57P01", "08006", "08003");
    assertThat(connection.isValid(1)).isFalse();
    connection.close();

    connection = manager.getPool("alice").getConnection();
    assertThat(ask(connection, "select pg_backend_pid()")).isNotEqualTo(String.valueOf(pid));
  }

  @Test
  void a_statement_that_fails_does_not_cost_the_connection() throws SQLException {
    assertThatThrownBy(() -> run(connection, "select nonsense")).isInstanceOf(SQLException.class);
    takeAgain();
    assertThat(ask(connection, "select 1")).isEqualTo("1");
  }

  @Test
  void is_valid_asks_the_server() throws SQLException {
    assertThat(connection.isValid(5)).isTrue();
    assertThatThrownBy(() -> connection.isValid(-1)).isInstanceOf(SQLException.class);
  }

  @Test
  void warnings_do_not_reach_the_next_borrower() throws SQLException {
    run(connection, "do $$ begin raise warning 'careful'; end $$");
    takeAgain();
    assertThat(connection.getWarnings() == null).isTrue();
  }

  @Test
  void generated_keys_and_batches_work() throws SQLException {
    run(connection, "create temporary table notes (id serial, n int)");
    try (PreparedStatement insert =
        connection.prepareStatement(
            "insert into notes (n) values (?)", Statement.RETURN_GENERATED_KEYS)) {
      insert.setInt(1, 1);
      insert.addBatch();
      insert.setInt(1, 2);
      insert.addBatch();
      assertThat(insert.executeBatch()).containsExactly(1, 1);
      try (ResultSet keys = insert.getGeneratedKeys()) {
        assertThat(keys.getStatement()).isSameAs(insert);
        assertThat(keys.next()).isTrue();
        assertThat(keys.getInt("id")).isEqualTo(1);
      }
    }
  }

  @Test
  void nothing_of_it_prints_a_password() {
    assertThat(connection.toString()).isEqualTo("connection of \"alice\", lease 1");
    assertThat(manager.getPool("alice").toString()).isEqualTo("UserPool[alice]");
    assertThat(Secret.of("s3cret").toString()).doesNotContain("s3cret");
  }

  @Test
  void a_wrong_password_reaches_the_caller_as_the_server_said_it() {
    try (UserPoolManager mistaken =
        UserPoolManager.builder(server, user -> Secret.of("wrong")).build()) {
      assertThatThrownBy(() -> mistaken.getPool("alice").getConnection())
          .isInstanceOf(LoginFailedException.class)
          .hasMessageContaining("password authentication failed")
          .extracting(e -> ((SQLException) e).getSQLState())
          .isEqualTo("28P01");
    }
  }

  @Test
  void another_pool_is_another_users() {
    assertThatThrownBy(() -> manager.getPool("alice").getConnection("bob", "bob"))
        .isInstanceOf(SQLException.class)
        .hasMessageContaining("alice");
  }

  /** Ends the connection's backend, and begins a lease that has not been used. */
  private void kill() throws SQLException {
    String pid = ask(connection, "select pg_backend_pid()");
    connection.close();
    connection = manager.getPool("alice").getConnection();
    try (Connection superuser = server.superuser()) {
      run(superuser, "select pg_terminate_backend(" + pid + ")");
    }
  }

  @Test
  void a_connection_that_broke_in_whatever_call_is_not_handed_out_again() throws SQLException {
    kill();
    assertThatThrownBy(() -> connection.setClientInfo("ApplicationName", "x"))
        .isInstanceOf(SQLException.class);
    connection.close();
    connection = manager.getPool("alice").getConnection();
    assertThat(ask(connection, "select 1")).isEqualTo("1");

    kill();
    assertThatThrownBy(() -> connection.createArrayOf("nonsense", new Object[] {}))
        .isInstanceOf(SQLException.class);
    connection.close();
    connection = manager.getPool("alice").getConnection();
    assertThat(ask(connection, "select 1")).isEqualTo("1");
  }

  @Test
  void where_auto_commit_is_off_whatever_began_a_transaction_it_ends() throws SQLException {
    ConnectionFactory manual =
        (user, credential) -> {
          Connection made = server.connect(user, credential);
          made.setAutoCommit(false);
          return made;
        };
    try (UserPoolManager other =
        UserPoolManager.builder(manual, server).maxConnectionsPerUser(1).build()) {
      for (Use use :
          List.<Use>of(
              Connection::getSchema,
              Connection::setSavepoint,
              it -> it.isValid(5),
              it -> it.setClientInfo("ApplicationName", "x"),
              it -> it.createArrayOf("pg_lsn", new Object[] {}))) {
        try (Connection lease = other.getPool("alice").getConnection()) {
          use.of(lease);
        }
        try (Connection lease = other.getPool("alice").getConnection()) {
          lease.setReadOnly(true); // an error inside a transaction
        }
      }
      assertThat(other.statistics().logins()).isEqualTo(1);
    }
  }

  @FunctionalInterface
  private interface Use {
    void of(Connection connection) throws SQLException;
  }

  @Test
  void what_holds_for_one_transaction_only_is_not_taken_for_the_sessions_default()
      throws SQLException {
    connection.setAutoCommit(false);
    run(connection, "set transaction isolation level serializable");
    assertThatThrownBy(() -> connection.setTransactionIsolation(TRANSACTION_SERIALIZABLE))
        .isInstanceOf(SQLException.class);
    takeAgain();
    assertThat(ask(connection, "show default_transaction_isolation")).isEqualTo("read committed");
  }

  @Test
  void rows_of_a_cursor_lead_back_to_no_driver_and_close_with_the_connection() throws SQLException {
    run(
        connection,
        "create function pg_temp.cursor() returns refcursor language plpgsql as"
            + " $$ declare c refcursor; begin open c for select 7; return c; end $$");
    connection.setAutoCommit(false);
    CallableStatement callable = connection.prepareCall("{? = call pg_temp.cursor()}");
    callable.registerOutParameter(1, Types.REF_CURSOR);
    callable.execute();
    ResultSet called = connection.createStatement().executeQuery("select pg_temp.cursor()");
    called.next();

    List<ResultSet> cursors =
        List.of((ResultSet) callable.getObject(1), (ResultSet) called.getObject(1));
    for (ResultSet rows : cursors) {
      assertThat(rows.next()).isTrue();
      assertThat(rows.getInt(1)).isEqualTo(7);
      assertThat(rows.getStatement()).isNull();
    }
    takeAgain();
    for (ResultSet rows : cursors) {
      assertThat(rows.isClosed()).isTrue();
    }
  }
}
