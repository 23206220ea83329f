package dev.onbehalf.slice;

import java.util.List;
import org.mybatis.spring.boot.test.autoconfigure.MybatisTest;
import org.springframework.beans.factory.annotation.Autowired;

@MybatisTest
@SuppressWarnings("NullAway.Init")
class MybatisSliceTest extends Slice {
  @Autowired OrderMapper orders;

  @Override
  void place(String item) {
    orders.place(item);
  }

  @Override
  List<String> items() {
    return orders.items();
  }
}
