package dev.onbehalf.spring.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.onbehalf.identity.NobodyBoundException;
import dev.onbehalf.lakebaselocal.LakebaseLocal;
import dev.onbehalf.spring.OnBehalf;
import dev.onbehalf.spring.autoconfigure.DatabaseConnectionDetails;
import dev.onbehalf.spring.test.OrdersApplication.Orders;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.jdbc.core.simple.JdbcClient;

/** An application's test that names no database. */
@SpringBootTest(properties = {"PGHOST=", "onbehalf.group=order_users"})
class LakebaseLocalIsUsedTest {
  private static final String TEST =
      "org.springframework.boot.test.context.SpringBootTestContextBootstrapper=true";

  private final ApplicationContextRunner runner =
      new ApplicationContextRunner()
          .withConfiguration(AutoConfigurations.of(LakebaseLocalAutoConfiguration.class));

  @Test
  void theApplicationRunsOnItWithItsMigrationsDone(
      @Autowired OnBehalf onBehalf, @Autowired Orders orders, @Autowired LakebaseLocal lakebase) {
    JdbcClient application = JdbcClient.create(onBehalf.servicePrincipalDataSource());
    assertThat(application.sql("SELECT current_user").query(String.class).single())
        .isEqualTo(lakebase.servicePrincipal());
    assertThat(application.sql("SELECT count(*) FROM orders").query(Long.class).single())
        .isNotNegative();
    assertThatThrownBy(orders::items).hasRootCauseInstanceOf(NobodyBoundException.class);
  }

  @Test
  void aDatabaseThatIsNamedIsUsedInstead() {
    runner
        .withPropertyValues(TEST, "PGHOST=db.example.com")
        .run(context -> assertThat(context).doesNotHaveBean(DatabaseConnectionDetails.class));
  }

  @Test
  void onesOwnIsUsedInstead() {
    runner
        .withPropertyValues(TEST, "PGHOST=")
        .withBean(DatabaseConnectionDetails.class, () -> Map::of)
        .run(context -> assertThat(context).doesNotHaveBean(LakebaseLocal.class));
  }

  @Test
  void anApplicationThatIsNoTestNeverRunsOnIt() {
    runner
        .withPropertyValues("PGHOST=")
        .run(context -> assertThat(context).doesNotHaveBean(LakebaseLocal.class));
  }
}
