package dev.onbehalf.slice;

import java.util.List;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.data.jdbc.test.autoconfigure.DataJdbcTest;

@DataJdbcTest
@SuppressWarnings("NullAway.Init")
class DataJdbcSliceTest extends Slice {
  @Autowired JdbcOrders orders;

  @Override
  void place(String item) {
    orders.save(new JdbcOrder(null, item));
  }

  @Override
  List<String> items() {
    return orders.findAll().stream().map(JdbcOrder::item).toList();
  }
}
