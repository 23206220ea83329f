package dev.onbehalf.spring.test;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.data.jpa.autoconfigure.DataJpaRepositoriesAutoConfiguration;
import org.springframework.boot.flyway.autoconfigure.FlywayConfigurationCustomizer;
import org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.PropertySource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.security.config.annotation.method.configuration.EnableMethodSecurity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.bind.annotation.SessionAttribute;

/** An application as somebody might write it, who then tests it. */
@SpringBootConfiguration
@EnableAutoConfiguration(
    exclude = {HibernateJpaAutoConfiguration.class, DataJpaRepositoriesAutoConfiguration.class})
@EnableMethodSecurity
@PropertySource("classpath:db/orders/orders.properties")
@Import(OrdersApplication.Orders.class)
class OrdersApplication {
  @Bean
  FlywayConfigurationCustomizer migrations() {
    return flyway -> flyway.locations("classpath:db/orders");
  }

  @RestController
  static class Orders {
    private final JdbcClient jdbc;

    Orders(JdbcClient jdbc) {
      this.jdbc = jdbc;
    }

    void place(String item) {
      jdbc.sql("INSERT INTO orders (item) VALUES (?)").param(item).update();
    }

    @PreAuthorize("authentication.name == 'alice@example.com'")
    String alicesOnly() {
      return "alice's";
    }

    @GetMapping("/members")
    @PreAuthorize("hasRole('order_users')")
    String membersOnly() {
      return "a member";
    }

    @GetMapping("/cart")
    String cart(@SessionAttribute(required = false) @Nullable String cart) {
      return "cart " + cart;
    }

    @GetMapping("/orders")
    List<String> items() {
      return jdbc.sql("SELECT item FROM orders ORDER BY item").query(String.class).list();
    }
  }
}
