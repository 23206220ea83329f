package dev.onbehalf.playground;

import java.util.List;

/**
 * A way to the products of whoever is bound. No implementation names a user: the database knows
 * whose connection it is, and shows their own rows and the shared ones.
 */
interface OwnProducts {
  /** All that the person sees, the newest first. */
  List<Product> all();

  /** Adds a product of the person's: {@code created_by} defaults to current_user. */
  Product add(NewProduct product);

  /** The query behind {@link #all}, as a programmer writes it. */
  String query();
}
