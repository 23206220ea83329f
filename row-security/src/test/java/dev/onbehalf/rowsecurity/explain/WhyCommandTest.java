package dev.onbehalf.rowsecurity.explain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.onbehalf.rowsecurity.TestServer;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class WhyCommandTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @BeforeAll
  static void open() throws SQLException {
    Shop.open();
  }

  private int run(String... arguments) {
    return WhyCommand.run(
        List.of(arguments),
        TestServer.get().asItIs().dataSource(),
        new PrintStream(out, true, StandardCharsets.UTF_8),
        new PrintStream(err, true, StandardCharsets.UTF_8));
  }

  private String said() {
    return out.toString(StandardCharsets.UTF_8);
  }

  @Test
  void aRowThatIsNotSeenIsExplainedAndEndsWithOne() {
    assertThat(run("--why", "shop.orders", "id=42", "--as", "bob@example.com")).isEqualTo(1);
    assertThat(said())
        .startsWith("bob@example.com does not see shop.orders (id = 42): policy \"own_orders\"");
  }

  @Test
  void aRowThatIsSeenEndsWithZero() {
    assertThat(run("--as=alice@example.com", "--why=shop.orders", "id=42")).isZero();
  }

  @Test
  void anUpdateIsAskedWithWhatItSets() {
    assertThat(
            run(
                "--why",
                "shop.orders",
                "id=43",
                "--as",
                "bob@example.com",
                "--command",
                "update",
                "--set",
                "status=a=b",
                "--set-null",
                "created_by",
                "--returning",
                "--json"))
        .isEqualTo(1);
    assertThat(said())
        .startsWith("{\"question\": {\"person\": \"bob@example.com\", \"command\": \"UPDATE\"")
        .contains("\"verdict\": \"REFUSED\"")
        .contains("\"proposed\": {\"status\": \"a=b\", \"created_by\": null}")
        .contains("RETURNING *");
  }

  @Test
  void anInsertHasNoKey() {
    assertThat(
            run(
                "--why",
                "shop.orders",
                "--as",
                "bob@example.com",
                "--command",
                "insert",
                "--set",
                "id=50"))
        .isZero();
    assertThat(said()).startsWith("bob@example.com may insert into shop.orders: ");
  }

  @Test
  void whatIsWrongWithTheQuestionIsSaid() {
    assertThat(run("--why", "shop.orders", "id=42")).isEqualTo(2);
    assertThat(run("--why", "shop.orders", "id", "--as", "b")).isEqualTo(2);
    assertThat(run("--why", "orders", "id=1", "--as", "b")).isEqualTo(2);
    assertThat(run("--why", "shop.orders", "id=1", "--as", "b", "--nonsense")).isEqualTo(2);
    assertThat(run("--why", "shop.orders", "id=x", "--as", "bob@example.com")).isEqualTo(2);
    assertThat(run("--why", "shop.orders", "--as", "bob@example.com")).isEqualTo(2);
    assertThat(err.toString(StandardCharsets.UTF_8))
        .contains("--why and --as are both needed")
        .contains("--why takes COLUMN=VALUE, not id")
        .contains("A table is named with its schema, shop.orders, not orders")
        .contains("Unknown argument: --nonsense")
        .contains("The database can't say: invalid input syntax for type integer: \"x\"")
        .contains("SELECT needs a key, such as id=42");
    assertThat(said()).isEmpty();
  }
}
