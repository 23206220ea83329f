package dev.onbehalf.slice;

import static org.assertj.core.api.Assertions.assertThat;

import dev.onbehalf.lakebaselocal.LakebaseLocal;
import dev.onbehalf.spring.OnBehalf;
import dev.onbehalf.spring.test.WithUser;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.TestPropertySource;
import org.springframework.test.context.transaction.AfterTransaction;
import org.springframework.test.context.transaction.BeforeTransaction;
import org.springframework.transaction.annotation.Transactional;

/** What holds in each test slice: its queries are the person's, in our database. */
@SuppressWarnings("NullAway.Init")
@Transactional // as each slice is, which does not go for inherited tests
@TestPropertySource(properties = "onbehalf.group=order_users")
abstract class Slice {
  static final String ALICE = "alice@example.com";

  @Autowired DataSource dataSource;
  @Autowired OnBehalf onBehalf;
  @Autowired LakebaseLocal lakebase;

  abstract void place(String item);

  abstract List<String> items();

  @BeforeTransaction
  void seed() {
    sql("INSERT INTO orders (item, owner) VALUES ('carol''s', 'carol@example.com')");
  }

  @AfterTransaction
  void nothingIsLeft() {
    assertThat(
            JdbcClient.create(lakebase.superuser())
                .sql("DELETE FROM orders RETURNING item")
                .query(String.class)
                .list())
        .containsExactly("carol's");
  }

  private void sql(String sql) {
    JdbcClient.create(lakebase.superuser()).sql(sql).update();
  }

  @Test
  @WithUser(ALICE)
  void queriesAreThePersonsOnTheRealDatabase() {
    assertThat(dataSource).isSameAs(onBehalf.dataSource());
    assertThat(items()).isEmpty();
    place("tea");
    assertThat(items()).containsExactly("tea");
  }

  @Test
  @WithUser("bob@example.com")
  void soAreAnothersAndNobodySeesThem() {
    place("coffee");
    assertThat(items()).containsExactly("coffee");
  }
}
