package example;

import java.util.List;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.http.HttpStatus;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Everybody's own orders. No query says whose: the database knows who asks. */
@SpringBootApplication
@RestController
public class OrdersApplication {

  /** One order. */
  public record Order(long id, String item, String owner) {}

  /** What is ordered. */
  public record NewOrder(String item) {}

  private final JdbcClient jdbc;

  OrdersApplication(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  public static void main(String[] arguments) {
    SpringApplication.run(OrdersApplication.class, arguments);
  }

  @GetMapping("/")
  List<Order> orders() {
    return jdbc.sql("SELECT id, item, owner FROM shop.orders ORDER BY id").query(Order.class).list();
  }

  @PostMapping("/")
  @ResponseStatus(HttpStatus.CREATED)
  Order order(@RequestBody NewOrder order) {
    return jdbc.sql("INSERT INTO shop.orders (item) VALUES (?) RETURNING id, item, owner")
        .param(order.item())
        .query(Order.class)
        .single();
  }
}
