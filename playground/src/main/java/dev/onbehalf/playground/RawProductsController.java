package dev.onbehalf.playground;

import static dev.onbehalf.playground.MyProducts.explained;

import dev.onbehalf.playground.RawProducts.View;
import dev.onbehalf.spring.OnBehalf;
import java.sql.SQLException;
import java.util.List;
import javax.sql.DataSource;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** The same products twice: as the service principal, and as the person behind the request. */
@RestController
@RequestMapping("/api/lakebase-examples/raw")
class RawProductsController {
  private final OnBehalf onBehalf;
  private final RawProducts mine;
  private final RawProducts all;

  RawProductsController(
      OnBehalf onBehalf,
      DataSource dataSource,
      @Qualifier("servicePrincipalDataSource") DataSource servicePrincipal) {
    this.onBehalf = onBehalf;
    this.mine = new RawProducts(dataSource);
    this.all = new RawProducts(servicePrincipal);
  }

  @GetMapping("/my-products")
  ResponseEntity<MyProducts> myProducts() throws SQLException {
    View view = mine.view();
    return explained(RawProducts.SELECT, view.databaseUser())
        .body(new MyProducts(onBehalf.currentUser().orElseThrow(), view.products()));
  }

  @PostMapping("/my-products")
  @ResponseStatus(HttpStatus.CREATED)
  Product createMine(NewProduct product) throws SQLException {
    return mine.add(product);
  }

  @GetMapping("/products")
  ResponseEntity<List<Product>> allProducts() throws SQLException {
    View view = all.view();
    return explained(RawProducts.SELECT, view.databaseUser()).body(view.products());
  }

  @PostMapping("/products")
  @ResponseStatus(HttpStatus.CREATED)
  Product createShared(NewProduct product) throws SQLException {
    return all.addShared(product);
  }
}
