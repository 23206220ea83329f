package dev.onbehalf.playground;

import static org.assertj.core.api.Assertions.assertThat;

import dev.onbehalf.identity.OnBehalfDatabase;
import dev.onbehalf.lakebase.Lakebase;
import dev.onbehalf.lakebaselocal.LakebaseLocal;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class SetUpTest {
  private static final int INSTANCES = 4;

  private static LakebaseLocal local;
  private static OnBehalfDatabase lakebase;

  @BeforeAll
  static void start() {
    local = LakebaseLocal.builder().user("alice@example.com").start();
    lakebase = Lakebase.database(local.environment());
  }

  @AfterAll
  static void stop() {
    lakebase.close();
    local.close();
  }

  @AfterEach
  void takeAllAway() throws SQLException {
    try (Connection connection = local.superuser().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(
          """
          DROP SCHEMA raw_example CASCADE;
          DROP OWNED BY raw_example_users;
          DROP ROLE raw_example_users""");
    }
  }

  private static void setUp() {
    new DatabaseSetUp(lakebase, Optional.of(local)).afterSingletonsInstantiated();
  }

  private static void assertCount(String sql, int expected) throws SQLException {
    try (Connection connection = local.superuser().getConnection();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT count(*) FROM " + sql)) {
      row.next();
      assertThat(row.getInt(1)).isEqualTo(expected);
    }
  }

  private static void execute(String sql) throws SQLException {
    try (Connection connection = lakebase.servicePrincipal().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @Test
  void instancesThatStartAtOnceSetUpOnce() throws Exception {
    ExecutorService instances = Executors.newFixedThreadPool(INSTANCES);
    try {
      CyclicBarrier start = new CyclicBarrier(INSTANCES);
      List<Future<?>> starts = new ArrayList<>();
      for (int i = 0; i < INSTANCES; i++) {
        starts.add(
            instances.submit(
                () -> {
                  start.await();
                  setUp();
                  return null;
                }));
      }
      for (Future<?> instance : starts) {
        instance.get();
      }
    } finally {
      instances.shutdownNow();
    }
    assertCount("raw_example.products WHERE created_by IS NULL", 3);
    assertCount("raw_example.products WHERE created_by = 'alice@example.com'", 2);
    assertCount("pg_policies WHERE schemaname = 'raw_example'", 2);
  }

  @Test
  void sampleRowsAreAddedOnceAndStayDeleted() throws SQLException {
    setUp();
    execute("DELETE FROM raw_example.products WHERE name IN ('Desk lamp', 'Alice''s prototype')");
    setUp();
    assertCount("raw_example.products", 3);
  }

  @Test
  void aGuardThatWasTakenAwayIsBackAfterTheNextStart() throws SQLException {
    setUp();
    execute("ALTER TABLE raw_example.products DISABLE ROW LEVEL SECURITY");
    execute("DROP POLICY own ON raw_example.products");
    setUp();
    assertCount("pg_class WHERE oid = 'raw_example.products'::regclass AND relrowsecurity", 1);
    assertCount("pg_policies WHERE schemaname = 'raw_example'", 2);
  }
}
