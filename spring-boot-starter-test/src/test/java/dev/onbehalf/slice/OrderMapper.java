package dev.onbehalf.slice;

import java.util.List;
import org.apache.ibatis.annotations.Insert;
import org.apache.ibatis.annotations.Mapper;
import org.apache.ibatis.annotations.Select;

@Mapper
interface OrderMapper {
  @Insert("INSERT INTO orders (item) VALUES (#{item})")
  void place(String item);

  @Select("SELECT item FROM orders")
  List<String> items();
}
