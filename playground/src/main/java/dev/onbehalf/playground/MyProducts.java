package dev.onbehalf.playground;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.springframework.http.ResponseEntity;

/** A person's view: the role that the database knows them by, and the rows it shows them. */
record MyProducts(String user, List<Product> products) {

  /**
   * An answer that says beside its rows which query gave them, and whom the database took us for.
   */
  static ResponseEntity.BodyBuilder explained(String query, DatabaseUser user) {
    return ResponseEntity.ok()
        .header("Cache-Control", "no-store")
        .header("X-Onbehalf-Sql", query)
        .header("X-Onbehalf-Current-User", encoded(user.currentUser()))
        .header("X-Onbehalf-Session-User", encoded(user.sessionUser()));
  }

  private static String encoded(String role) {
    return URLEncoder.encode(role, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
