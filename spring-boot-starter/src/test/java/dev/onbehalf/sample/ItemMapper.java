package dev.onbehalf.sample;

import java.util.List;
import org.apache.ibatis.annotations.CacheNamespace;
import org.apache.ibatis.annotations.Insert;
import org.apache.ibatis.annotations.Mapper;
import org.apache.ibatis.annotations.Options;
import org.apache.ibatis.annotations.Select;
import org.apache.ibatis.cursor.Cursor;

/** Has a cache, as some mappers do; it must not hold one person's rows for another. */
@Mapper
@CacheNamespace
interface ItemMapper {
  @Select(Items.CURRENT_USER)
  String currentUser();

  @Select(Items.NAMES)
  List<String> names();

  @Insert("INSERT INTO shop.item (name) VALUES (#{name})")
  void add(String name);

  @Select(Items.MANY)
  @Options(fetchSize = Items.FETCH_SIZE)
  Cursor<String> many();
}
