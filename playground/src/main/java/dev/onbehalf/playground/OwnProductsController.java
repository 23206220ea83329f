package dev.onbehalf.playground;

import static dev.onbehalf.playground.MyProducts.explained;

import dev.onbehalf.spring.OnBehalf;
import java.util.Map;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

/** The person's products again, through what Java people use instead of plain JDBC. */
@RestController
@RequestMapping("/api/lakebase-examples/{way}/my-products")
class OwnProductsController {
  private final OnBehalf onBehalf;
  private final Map<String, OwnProducts> ways;
  private final JdbcClient jdbc;
  private final TransactionTemplate writing;
  private final TransactionTemplate reading;

  OwnProductsController(
      OnBehalf onBehalf,
      Map<String, OwnProducts> ways,
      JdbcClient jdbc,
      PlatformTransactionManager transactions) {
    this.onBehalf = onBehalf;
    this.ways = ways;
    this.jdbc = jdbc;
    this.writing = new TransactionTemplate(transactions);
    this.reading = new TransactionTemplate(transactions);
    reading.setReadOnly(true);
  }

  /** All that the person sees, and whom the database took them for, in one transaction. */
  @GetMapping
  ResponseEntity<MyProducts> mine(@PathVariable String way) {
    OwnProducts products = products(way);
    return reading.execute(
        status ->
            explained(products.query(), databaseUser())
                .body(new MyProducts(onBehalf.currentUser().orElseThrow(), products.all())));
  }

  @PostMapping
  @ResponseStatus(HttpStatus.CREATED)
  Product create(@PathVariable String way, NewProduct product) {
    OwnProducts products = products(way);
    return writing.execute(status -> products.add(product));
  }

  private OwnProducts products(String way) {
    OwnProducts products = ways.get(way);
    if (products == null) {
      throw new ResponseStatusException(HttpStatus.NOT_FOUND);
    }
    return products;
  }

  private DatabaseUser databaseUser() {
    return jdbc.sql(DatabaseUser.SELECT).query((row, number) -> DatabaseUser.of(row)).single();
  }
}
