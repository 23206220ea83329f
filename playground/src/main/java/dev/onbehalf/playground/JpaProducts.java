package dev.onbehalf.playground;

import java.util.List;
import org.springframework.stereotype.Repository;

/**
 * The products of the person behind the request, through JPA, with Hibernate and Spring Data. Copy
 * it, and {@link JpaProduct} and {@link JpaProductRepository}.
 */
@Repository("jpa")
class JpaProducts implements OwnProducts {
  private final JpaProductRepository products;

  JpaProducts(JpaProductRepository products) {
    this.products = products;
  }

  @Override
  public List<Product> all() {
    return products.newestFirst().stream().map(JpaProduct::toProduct).toList();
  }

  @Override
  public Product add(NewProduct product) {
    return products.saveAndFlush(new JpaProduct(product)).toProduct();
  }

  @Override
  public String query() {
    return JpaProductRepository.NEWEST_FIRST;
  }
}
