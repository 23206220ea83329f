package dev.onbehalf.slice;

import java.util.List;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.jdbc.test.autoconfigure.JdbcTest;
import org.springframework.jdbc.core.simple.JdbcClient;

@JdbcTest
@SuppressWarnings("NullAway.Init")
class JdbcSliceTest extends Slice {
  @Autowired JdbcClient jdbc;

  @Override
  void place(String item) {
    jdbc.sql("INSERT INTO orders (item) VALUES (?)").param(item).update();
  }

  @Override
  List<String> items() {
    return jdbc.sql("SELECT item FROM orders").query(String.class).list();
  }
}
