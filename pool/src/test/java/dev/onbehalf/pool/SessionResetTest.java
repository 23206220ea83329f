package dev.onbehalf.pool;

import static java.sql.Connection.TRANSACTION_SERIALIZABLE;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.postgresql.PGConnection;
import org.postgresql.PGStatement;
import org.postgresql.core.BaseConnection;
import org.postgresql.jdbc.AutoSave;

/**
 * Whatever a lease changed, the next one of the same session finds what the first one found, in
 * each mode of the pool and of the driver.
 */
final class SessionResetTest {
  private static final PostgresServer server = PostgresServer.get();

  /** How the factory's connections come, and what the pool does at each return. */
  private record Mode(boolean autoCommit, boolean discardAll) {
    UserPoolManager manager() {
      ConnectionFactory factory =
          (user, credential) -> {
            Connection made = server.connect(user, credential);
            made.setAutoCommit(autoCommit);
            return made;
          };
      return UserPoolManager.builder(factory, server)
          .maxConnectionsPerUser(1)
          .discardAllOnReturn(discardAll)
          .build();
    }
  }

  @FunctionalInterface
  private interface Use {
    void of(Connection connection) throws SQLException;
  }

  private static final Map<String, Use> USES = new LinkedHashMap<>();

  static {
    USES.put(
        "a path of the transaction's, then setSchema, then rollback",
        it -> {
          it.setAutoCommit(false);
          run(it, "set local search_path = pg_catalog");
          it.setSchema("public");
          it.rollback();
        });
    USES.put(
        "a path set and rolled back, then setSchema",
        it -> {
          it.setAutoCommit(false);
          run(it, "set search_path = pg_catalog");
          it.rollback();
          it.setSchema("public");
        });
    USES.put(
        "setSchema, committed",
        it -> {
          it.setAutoCommit(false);
          it.setSchema("pg_catalog");
          it.commit();
        });
    USES.put("setTransactionIsolation", it -> it.setTransactionIsolation(TRANSACTION_SERIALIZABLE));
    USES.put(
        "setTransactionIsolation that is refused",
        it -> {
          it.setAutoCommit(false);
          run(it, "set transaction isolation level serializable");
          assertThatThrownBy(() -> it.setTransactionIsolation(TRANSACTION_SERIALIZABLE))
              .isInstanceOf(SQLException.class);
        });
    USES.put("setReadOnly", it -> it.setReadOnly(true));
    USES.put(
        "setReadOnly in a transaction to come",
        it -> {
          it.setReadOnly(true);
          it.setAutoCommit(false);
          run(it, "select 1");
        });
    USES.put("setAutoCommit", it -> it.setAutoCommit(!it.getAutoCommit()));
    USES.put("setHoldability", it -> it.setHoldability(ResultSet.HOLD_CURSORS_OVER_COMMIT));
    USES.put("setNetworkTimeout", it -> it.setNetworkTimeout(Runnable::run, 12_345));
    USES.put("setTypeMap", it -> it.setTypeMap(Map.of("money", Object.class)));
    USES.put("getTypeMap, changed in place", it -> it.getTypeMap().put("money", Object.class));
    USES.put("setClientInfo by name", it -> it.setClientInfo("ApplicationName", "other"));
    USES.put(
        "setClientInfo of many",
        it -> {
          Properties info = new Properties();
          info.setProperty("ApplicationName", "other");
          it.setClientInfo(info);
        });
    USES.put(
        "setClientInfo, rolled back",
        it -> {
          it.setAutoCommit(false);
          run(it, "select 1");
          it.setClientInfo("ApplicationName", "other");
          it.rollback();
        });
    USES.put(
        "the driver's own settings",
        it -> {
          PGConnection own = it.unwrap(PGConnection.class);
          own.setAutosave(AutoSave.ALWAYS);
          own.setPrepareThreshold(1);
          own.setDefaultFetchSize(7);
          own.setAdaptiveFetch(true);
        });
    USES.put(
        "a prepare threshold below zero",
        it -> it.unwrap(PGConnection.class).setPrepareThreshold(-1));
    USES.put(
        "the driver's connection, reached through a statement",
        it -> {
          PGStatement own = it.createStatement().unwrap(PGStatement.class);
          ((Statement) own).getConnection().setSchema("pg_catalog");
        });
    USES.put(
        "JDBC's settings on the driver's connection",
        it -> {
          BaseConnection own = it.unwrap(BaseConnection.class);
          own.setTransactionIsolation(TRANSACTION_SERIALIZABLE);
          own.setReadOnly(true);
          own.setSchema("pg_catalog");
          commit(own);
          own.setAutoCommit(!own.getAutoCommit());
          own.setHoldability(ResultSet.HOLD_CURSORS_OVER_COMMIT);
          own.setNetworkTimeout(Runnable::run, 12_345);
          own.setTypeMap(new HashMap<>(Map.of("money", Object.class)));
          own.setClientInfo("ApplicationName", "other");
        });
    USES.put("LISTEN", it -> committed(it, "listen news"));
    USES.put("LISTEN after a comment", it -> committed(it, " -- hear\n/* it */ Listen news"));
    USES.put(
        "LISTEN, prepared",
        it -> {
          try (PreparedStatement listen = it.prepareStatement("LISTEN news")) {
            listen.execute();
          }
          commit(it);
        });
    USES.put(
        "LISTEN in a batch",
        it -> {
          try (Statement batch = it.createStatement()) {
            batch.addBatch("listen news");
            batch.executeBatch();
          }
          commit(it);
        });
    USES.put(
        "LISTEN with news unread",
        it -> {
          committed(it, "listen news");
          committed(it, "notify news");
        });
    USES.put(
        "LISTEN past the wrapper",
        it -> committed(it.unwrap(BaseConnection.class), "do $$ begin listen news; end $$"));
    USES.put("a cursor held", it -> committed(it, "declare c cursor with hold for select 1"));
    USES.put(
        "a cursor held, past the wrapper",
        it ->
            committed(it.unwrap(BaseConnection.class), "declare c cursor with hold for select 1"));
    USES.put(
        "a large object left open",
        it -> {
          it.setAutoCommit(false);
          PGConnection own = it.unwrap(PGConnection.class);
          own.getLargeObjectAPI().open(own.getLargeObjectAPI().createLO());
        });
    USES.put(
        "a transaction that plain SQL began, past the wrapper",
        it -> {
          if (it.getAutoCommit()) {
            run(it.unwrap(BaseConnection.class), "begin");
          }
          run(it, "listen news");
        });
  }

  static Stream<Arguments> usesInAllModes() {
    return USES.keySet().stream()
        .flatMap(
            use ->
                Stream.of(true, false)
                    .flatMap(
                        autoCommit ->
                            Stream.of(true, false)
                                .map(
                                    discardAll ->
                                        Arguments.of(use, new Mode(autoCommit, discardAll)))));
  }

  @ParameterizedTest(name = "{0}, {1}")
  @MethodSource("usesInAllModes")
  void nothing_of_it_reaches_the_next_lease(String use, Mode mode) throws SQLException {
    try (UserPoolManager manager = mode.manager()) {
      Map<String, Object> before;
      try (Connection lease = manager.getPool("alice").getConnection()) {
        before = state(lease);
      }
      try (Connection lease = manager.getPool("alice").getConnection()) {
        requireNonNull(USES.get(use)).of(lease);
      }
      try (Connection lease = manager.getPool("alice").getConnection()) {
        assertThat(state(lease)).isEqualTo(before);
      }
      assertThat(manager.statistics().logins()).isEqualTo(1);
    }
  }

  private static Map<String, Object> state(Connection connection) throws SQLException {
    Map<String, Object> state = new LinkedHashMap<>();
    state.put("auto-commit", connection.getAutoCommit());
    state.put("read-only", connection.isReadOnly());
    state.put("holdability", connection.getHoldability());
    state.put("network time-out", connection.getNetworkTimeout());
    state.put("type map", Map.copyOf(connection.getTypeMap()));
    state.put("client info", connection.getClientInfo("ApplicationName"));
    PGConnection own = connection.unwrap(PGConnection.class);
    state.put("autosave", own.getAutosave());
    state.put("prepare threshold", own.getPrepareThreshold());
    state.put("fetch size", own.getDefaultFetchSize());
    state.put("adaptive fetch", own.getAdaptiveFetch());
    state.put("notifications", own.getNotifications().length);
    for (String setting :
        new String[] {
          "search_path",
          "default_transaction_isolation",
          "default_transaction_read_only",
          "application_name"
        }) {
      state.put(setting, ask(connection, "show " + setting));
    }
    state.put("listens", ask(connection, "select count(*) from pg_listening_channels()"));
    state.put("cursors", ask(connection, "select count(*) from pg_cursors where is_holdable"));
    return state;
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

  private static void committed(Connection connection, String sql) throws SQLException {
    run(connection, sql);
    commit(connection);
  }

  private static void commit(Connection connection) throws SQLException {
    if (!connection.getAutoCommit()) {
      connection.commit();
    }
  }
}
