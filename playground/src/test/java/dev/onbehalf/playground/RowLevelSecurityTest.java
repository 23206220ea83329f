package dev.onbehalf.playground;

import static dev.onbehalf.playground.DeployedPlayground.API;
import static dev.onbehalf.playground.DeployedPlayground.json;
import static dev.onbehalf.playground.DeployedPlayground.post;
import static dev.onbehalf.playground.DeployedPlayground.product;
import static dev.onbehalf.playground.SharedPlayground.ALICE;
import static dev.onbehalf.playground.SharedPlayground.BOB;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.onbehalf.identity.ForwardedIdentity;
import dev.onbehalf.identity.OnBehalfDatabase;
import dev.onbehalf.lakebaselocal.LakebaseLocal;
import dev.onbehalf.pool.Secret;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** What PostgreSQL lets two people see and do, through the routes and by their own SQL. */
class RowLevelSecurityTest {
  private static final String COLUMNS =
      "INSERT INTO raw_example.products (name, price, stock, created_by) ";

  private static final LakebaseLocal local = SharedPlayground.LOCAL;
  private static final DeployedPlayground playground = SharedPlayground.PLAYGROUND;

  @BeforeAll
  static void eachHasSomething() {
    create(ALICE, "Alice's teapot");
    create(BOB, "Bob's kite");
  }

  private static String token(String user) {
    return local.accessToken(user, Duration.ofHours(1));
  }

  private static void create(String user, String name) {
    HttpResponse<String> response =
        playground.send(
            post(playground.as(user, token(user), API + "/my-products"), product(name)));
    assertThat(response.statusCode()).isEqualTo(201);
    assertThat(json(response).get("created_by").asString()).isEqualTo(user);
  }

  private static List<String> names(JsonNode products) {
    List<String> names = new ArrayList<>();
    products.forEach(product -> names.add(product.get("name").asString()));
    return names;
  }

  private static DataSource asUser(String user) {
    return playground
        .bean(OnBehalfDatabase.class)
        .asUser(new ForwardedIdentity(user, Secret.of(token(user))));
  }

  private static int update(String user, String sql) throws SQLException {
    try (Connection connection = asUser(user).getConnection();
        Statement statement = connection.createStatement()) {
      return statement.executeUpdate(sql);
    }
  }

  @Test
  void eachPersonSeesTheirOwnRowsAndTheSharedOnesAndNotTheOthers() {
    HttpResponse<String> alices =
        playground.send(playground.as(ALICE, token(ALICE), API + "/my-products"));
    assertThat(alices.statusCode()).isEqualTo(200);
    assertThat(json(alices).get("user").asString()).isEqualTo(ALICE);
    assertThat(names(json(alices).get("products")))
        .contains("Alice's teapot", "Desk lamp")
        .doesNotContain("Bob's kite");
    assertThat(alices.headers().firstValue("X-Onbehalf-Current-User"))
        .hasValue("alice%40example.com");
    assertThat(alices.headers().firstValue("X-Onbehalf-Session-User"))
        .hasValue("alice%40example.com");

    HttpResponse<String> bobs =
        playground.send(playground.as(BOB, token(BOB), API + "/my-products"));
    assertThat(names(json(bobs).get("products")))
        .contains("Bob's kite", "Desk lamp")
        .doesNotContain("Alice's teapot");
  }

  @Test
  void theServicePrincipalSeesEverything() {
    HttpResponse<String> all = playground.send(playground.request(API + "/products"));
    assertThat(names(json(all)))
        .contains("Alice's teapot", "Bob's kite", "Desk lamp")
        .as("made for nobody, but on a laptop")
        .doesNotContain("Alice's prototype", "Bob's prototype");
    assertThat(all.headers().firstValue("X-Onbehalf-Current-User"))
        .hasValue(local.servicePrincipal());
  }

  @Test
  void whatTheServicePrincipalCreatesIsShared() {
    HttpResponse<String> created =
        playground.send(post(playground.request(API + "/products"), product("Everybody's map")));
    assertThat(created.statusCode()).isEqualTo(201);
    assertThat(json(created).get("created_by").isNull()).isTrue();
    HttpResponse<String> bobs =
        playground.send(playground.as(BOB, token(BOB), API + "/my-products"));
    assertThat(names(json(bobs).get("products"))).contains("Everybody's map");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        COLUMNS + "VALUES ('forged', 1, 1, 'alice@example.com')",
        COLUMNS + "VALUES ('shared', 1, 1, NULL)",
        "UPDATE raw_example.products SET created_by = 'alice@example.com' WHERE created_by ="
            + " current_user",
        "UPDATE raw_example.products SET created_by = NULL WHERE created_by = current_user",
      })
  void nobodyWritesARowForAnotherOrASharedOne(String sql) {
    assertThatThrownBy(() -> update(BOB, sql))
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("42501"))
        .hasMessageContaining("row-level security");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "UPDATE raw_example.products SET price = 0 WHERE created_by IS DISTINCT FROM current_user",
        "DELETE FROM raw_example.products WHERE created_by IS DISTINCT FROM current_user",
        "DELETE FROM raw_example.products WHERE name = 'Alice''s teapot'",
      })
  void nobodyChangesOrDeletesWhatIsNotTheirs(String sql) throws SQLException {
    assertThat(update(BOB, sql)).isZero();
    assertThat(names(json(playground.send(playground.request(API + "/products")))))
        .contains("Alice's teapot", "Desk lamp");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ALTER TABLE raw_example.products DISABLE ROW LEVEL SECURITY",
        "DROP POLICY own ON raw_example.products",
        "SET ROLE \"alice@example.com\"",
        "SET SESSION AUTHORIZATION \"alice@example.com\"",
        "TRUNCATE raw_example.products",
        "GRANT raw_example_users TO \"bob@example.com\" WITH ADMIN OPTION",
      })
  void nobodyTakesTheGuardAway(String sql) {
    assertThatThrownBy(() -> update(BOB, sql))
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("42501"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "RESET ROLE",
        "SET ROLE NONE",
        "RESET SESSION AUTHORIZATION",
        "SET app.who = 'alice@example.com'",
        "DISCARD ALL",
      })
  void aSmuggledStatementEndsNoConfinementForThereIsNobodyToGoBackTo(String sql)
      throws SQLException {
    try (Connection connection = asUser(BOB).getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
      try (ResultSet row =
          statement.executeQuery(
              "SELECT current_user, count(*) FROM raw_example.products"
                  + " WHERE created_by = 'alice@example.com'")) {
        assertThat(row.next()).isTrue();
        assertThat(row.getString(1)).isEqualTo(BOB);
        assertThat(row.getInt(2)).isZero();
      }
      statement.execute("DISCARD ALL");
    }
  }

  @Test
  void turningRowSecurityOffShowsAnErrorAndNoRows() throws SQLException {
    try (Connection connection = asUser(BOB).getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("SET row_security = off");
      assertThatThrownBy(() -> statement.executeQuery("SELECT * FROM raw_example.products"))
          .isInstanceOf(SQLException.class);
      statement.execute("RESET row_security");
    }
  }

  @Test
  void onesOwnRowsAreOnesOwnToChange() throws SQLException {
    create(BOB, "Bob's drum");
    assertThat(update(BOB, "UPDATE raw_example.products SET stock = 9 WHERE name = 'Bob''s drum'"))
        .isEqualTo(1);
    assertThat(update(BOB, "DELETE FROM raw_example.products WHERE name = 'Bob''s drum'"))
        .isEqualTo(1);
  }
}
