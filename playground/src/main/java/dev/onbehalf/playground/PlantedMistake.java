package dev.onbehalf.playground;

import dev.onbehalf.playground.RawProducts.View;
import dev.onbehalf.playground.local.OnLocalLakebase;
import dev.onbehalf.rowsecurity.Finding;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.locks.ReentrantLock;
import javax.sql.DataSource;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.context.annotation.Conditional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * A hole in Row-Level Security, to be found by the doctor: a view without {@code security_invoker}
 * reads the table as its owner, whom no policy holds. Only on a local run, never on a real
 * database.
 */
@Component
@Conditional(OnLocalLakebase.class)
class PlantedMistake {
  static final String SELECT =
      "SELECT id, name, category, price, stock, created_by, created_at FROM raw_example.everything"
          + " ORDER BY created_at DESC, id";
  private static final String OBJECT = "raw_example.everything";
  private static final String PLANT =
      "SET LOCAL search_path = pg_catalog, pg_temp; SET LOCAL lock_timeout = '5s';"
          + " DROP VIEW IF EXISTS raw_example.everything;"
          + " CREATE VIEW raw_example.everything AS SELECT * FROM raw_example.products;"
          + " GRANT SELECT ON raw_example.everything TO "
          + DatabaseSetUp.GROUP;
  private static final String REMOVE =
      "SET LOCAL search_path = pg_catalog, pg_temp; SET LOCAL lock_timeout = '5s';"
          + " DROP VIEW IF EXISTS raw_example.everything";
  private static final String IS_PLANTED =
      "SELECT pg_catalog.to_regclass('raw_example.everything') IS NOT NULL";

  private final DataSource owner;
  private final RawProducts own;

  /** Two who make the same view at once fail. */
  private final ReentrantLock oneAtATime = new ReentrantLock();

  PlantedMistake(
      DataSource own, @Qualifier("servicePrincipalDataSource") DataSource servicePrincipal) {
    this.own = new RawProducts(own);
    this.owner = servicePrincipal;
  }

  boolean isPlanted() {
    return JdbcClient.create(owner).sql(IS_PLANTED).query(Boolean.class).single();
  }

  void plant() throws SQLException {
    asOwner(PLANT);
  }

  void remove() throws SQLException {
    asOwner(REMOVE);
  }

  /** All that the person behind the request reads through the view, on their own connection. */
  View read() throws SQLException {
    return own.view(SELECT);
  }

  static boolean isSubjectOf(Finding finding) {
    return finding.object().equals(OBJECT);
  }

  /** Runs what the doctor prescribed. */
  void mend(Finding finding) throws SQLException {
    asOwner(finding.mend());
  }

  private void asOwner(String sql) throws SQLException {
    oneAtATime.lock();
    try (Connection connection = owner.getConnection();
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute(sql);
      connection.commit();
    } finally {
      oneAtATime.unlock();
    }
  }
}
