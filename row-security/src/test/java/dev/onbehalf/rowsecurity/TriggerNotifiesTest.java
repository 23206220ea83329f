package dev.onbehalf.rowsecurity;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;

/** A leak for which two are connected at once. */
final class TriggerNotifiesTest {
  @Test
  void what_a_trigger_sends_everybody_hears_until_it_is_mended() throws Exception {
    try (TestServer.Database database = TestServer.get().database()) {
      database.run(
          """
          CREATE FUNCTION shop.tell() RETURNS trigger LANGUAGE plpgsql
            AS $$ BEGIN PERFORM pg_notify('orders', NEW.item); RETURN NEW; END $$;
          CREATE TRIGGER tell AFTER UPDATE ON shop.orders FOR EACH ROW EXECUTE FUNCTION shop.tell()""");
      assertThat(heard(database)).isOne();
      List<Finding> found =
          database.examine(TestServer.ALICE, TestServer.BOB).findings().stream()
              .filter(f -> f.id().equals("trigger-copies-rows"))
              .toList();
      assertThat(found).hasSize(1);
      assertThat(found.get(0).object()).isEqualTo("shop.orders trigger tell");
      database.run(found.get(0).mend());
      assertThat(heard(database)).isZero();
      assertThat(database.examine(TestServer.ALICE, TestServer.BOB).findings()).isEmpty();
    }
  }

  private static int heard(TestServer.Database database) throws SQLException {
    try (var alice = database.as(TestServer.ALICE);
        var bob = database.as(TestServer.BOB)) {
      try (var statement = alice.createStatement()) {
        statement.execute("LISTEN orders");
      }
      try (var statement = bob.createStatement()) {
        statement.execute("UPDATE shop.orders SET item = 'secret'");
      }
      var heard = alice.unwrap(PGConnection.class).getNotifications(500);
      return heard == null ? 0 : heard.length;
    }
  }
}
