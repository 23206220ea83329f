package dev.onbehalf.slice;

import java.util.List;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.data.jpa.test.autoconfigure.DataJpaTest;

@DataJpaTest
@SuppressWarnings("NullAway.Init")
class DataJpaSliceTest extends Slice {
  @Autowired JpaOrders orders;

  @Override
  void place(String item) {
    orders.saveAndFlush(new JpaOrder(item));
  }

  @Override
  List<String> items() {
    return orders.findAll().stream().map(order -> order.item).toList();
  }
}
