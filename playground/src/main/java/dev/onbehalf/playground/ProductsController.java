package dev.onbehalf.playground;

import dev.onbehalf.lakebase.Lakebase;
import dev.onbehalf.playground.Products.DatabaseUser;
import dev.onbehalf.playground.Products.View;
import dev.onbehalf.pool.UserPool;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
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
class ProductsController {
  private final Lakebase lakebase;

  ProductsController(Lakebase lakebase) {
    this.lakebase = lakebase;
  }

  @GetMapping("/my-products")
  ResponseEntity<MyProducts> myProducts(UserPool user) {
    View view = new Products(user).view();
    return explained(view.databaseUser()).body(new MyProducts(user.user(), view.products()));
  }

  @PostMapping("/my-products")
  @ResponseStatus(HttpStatus.CREATED)
  Product createMine(UserPool user, NewProduct product) {
    return new Products(user).add(product);
  }

  @GetMapping("/products")
  ResponseEntity<List<Product>> allProducts() {
    View view = new Products(lakebase.servicePrincipal()).view();
    return explained(view.databaseUser()).body(view.products());
  }

  @PostMapping("/products")
  @ResponseStatus(HttpStatus.CREATED)
  Product createShared(NewProduct product) {
    return new Products(lakebase.servicePrincipal()).addShared(product);
  }

  /** Says beside the rows which SQL gave them, and whom the database took us for. */
  private static ResponseEntity.BodyBuilder explained(DatabaseUser user) {
    return ResponseEntity.ok()
        .header("Cache-Control", "no-store")
        .header("X-Onbehalf-Sql", Products.SELECT)
        .header("X-Onbehalf-Current-User", encoded(user.currentUser()))
        .header("X-Onbehalf-Session-User", encoded(user.sessionUser()));
  }

  private static String encoded(String role) {
    return URLEncoder.encode(role, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /** A person's view: the role that the database knows them by, and the rows it shows them. */
  record MyProducts(String user, List<Product> products) {}
}
