package dev.onbehalf.documentation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.onbehalf.documentation.Page.Block;
import dev.onbehalf.lakebaselocal.LakebaseLocal;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.Test;

/** All SQL blocks run; an instance of their own, since roles are those of all databases. */
class SqlBlocksTest {
  private static final List<String> GROUPS = List.of("order_users", "raw_example_users");

  @Test
  void theyRun() throws SQLException {
    List<Block> blocks = Page.blocks("sql");
    assertThat(blocks).hasSizeGreaterThan(2);
    try (LakebaseLocal lakebase =
            LakebaseLocal.builder().personWithoutRole("alice@example.com").start();
        Connection administrator = lakebase.superuser().getConnection();
        Statement statement = administrator.createStatement()) {
      administrator.setAutoCommit(false);
      for (Block block : blocks) {
        statement.execute("CREATE SCHEMA shop");
        for (String group : GROUPS) {
          if (!block.text().contains("CREATE ROLE " + group)) {
            statement.execute("CREATE ROLE " + group);
          }
        }
        try {
          statement.execute(block.text().replace("BEGIN;", "").replace("COMMIT;", ""));
        } catch (SQLException e) {
          throw new AssertionError(block + ": " + e.getMessage(), e);
        }
        administrator.rollback();
      }
    }
  }
}
