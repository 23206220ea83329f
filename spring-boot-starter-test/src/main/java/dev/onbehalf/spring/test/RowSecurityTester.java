package dev.onbehalf.spring.test;

import dev.onbehalf.identity.OnBehalfDatabase;
import dev.onbehalf.lakebaselocal.LakebaseLocal;
import dev.onbehalf.rowsecurity.explain.Command;
import dev.onbehalf.rowsecurity.explain.Explanation;
import dev.onbehalf.rowsecurity.explain.RowExplainer;
import dev.onbehalf.rowsecurity.explain.TableName;
import dev.onbehalf.rowsecurity.explain.Verdict;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.assertj.core.api.AssertProvider;
import org.jspecify.annotations.Nullable;

/**
 * Asserts what Row-Level Security lets people do, in a test on {@link OnLakebaseLocal}. People log
 * in for real; what fails says why.
 *
 * <pre>{@code
 * rowSecurity.assertVisible("alice@example.com", "shop.orders", 42);
 * rowSecurity.assertHidden("bob@example.com", "shop.orders", 42);
 * assertThat(rowSecurity).holdsFor("order_users");
 * }</pre>
 *
 * <p>It asks on connections of its own: what a test's open transaction wrote is not there yet.
 * Thread-safe.
 */
public final class RowSecurityTester implements AssertProvider<RowSecurityAssert> {
  private static final String KEY =
      """
      SELECT a.attname
      FROM pg_catalog.pg_index i
      JOIN pg_catalog.pg_attribute a
        ON a.attrelid OPERATOR(pg_catalog.=) i.indrelid
        AND a.attnum OPERATOR(pg_catalog.=) ANY (i.indkey)
      WHERE i.indrelid OPERATOR(pg_catalog.=) pg_catalog.to_regclass(?) AND i.indisprimary
      """;

  private final LakebaseLocal lakebase;
  private final DataSource administrator;
  private final OnBehalfDatabase database;
  private final @Nullable String group;

  RowSecurityTester(LakebaseLocal lakebase, OnBehalfDatabase database, @Nullable String group) {
    this.lakebase = lakebase;
    this.administrator = lakebase.superuser();
    this.database = database;
    this.group = group;
  }

  /** For AssertJ's {@code assertThat}. */
  @Override
  public RowSecurityAssert assertThat() {
    return new RowSecurityAssert(administrator);
  }

  /**
   * Asserts that a person sees a row.
   *
   * @param person who logs in; gets a role as by {@link WithUser}
   * @param table as {@code schema.table}
   * @param key the value of the table's primary key, of one column
   */
  public void assertVisible(String person, String table, Object key) {
    assertSees(true, person, table, key);
  }

  /** Asserts that a person does not see a row which is there. */
  public void assertHidden(String person, String table, Object key) {
    assertSees(false, person, table, key);
  }

  /**
   * Why a person sees a row, or not.
   *
   * @throws IllegalArgumentException if there is no such table, or its primary key is none of one
   *     column
   */
  public Explanation why(String person, String table, Object key) {
    TestLakebase.admit(lakebase, person, group, database.servicePrincipal());
    TableName name = TableName.parse(table);
    try {
      return RowExplainer.asking(administrator)
          .withConnectionsOf(
              who -> database.asUser(TestLakebase.identity(lakebase, who)).getConnection())
          .explain(person, name, Map.of(keyColumn(name), String.valueOf(key)), Command.SELECT);
    } catch (SQLException e) {
      throw new IllegalStateException("Why can't be asked: " + e.getMessage(), e);
    }
  }

  private void assertSees(boolean wanted, String person, String table, Object key) {
    Explanation why = why(person, table, key);
    if (why.verdict() == Verdict.NO_SUCH_ROW) {
      throw new AssertionError("There is no such row, for anybody. " + why.headline());
    }
    boolean sees = why.verdict() == Verdict.ALLOWED;
    if (sees != wanted || why.verdict() == Verdict.UNKNOWN) {
      throw new AssertionError(
          "%s should %ssee %s %s, and %s.\n%s"
              .formatted(
                  person,
                  wanted ? "" : "not ",
                  table,
                  key,
                  sees ? "does" : "does not",
                  why.text()));
    }
  }

  private String keyColumn(TableName table) throws SQLException {
    List<String> columns = new ArrayList<>();
    try (Connection connection = administrator.getConnection();
        PreparedStatement statement = connection.prepareStatement(KEY)) {
      statement.setString(1, table.toString());
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          columns.add(rows.getString(1));
        }
      }
    }
    if (columns.size() != 1) {
      throw new IllegalArgumentException(
          "%s has %s"
              .formatted(
                  table,
                  columns.isEmpty()
                      ? "no primary key, or is no table"
                      : "a primary key of several columns: " + String.join(", ", columns)));
    }
    return columns.get(0);
  }
}
