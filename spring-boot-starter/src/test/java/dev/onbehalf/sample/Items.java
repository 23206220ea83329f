package dev.onbehalf.sample;

import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/** The table {@code shop.item}, through one way of access. */
interface Items {
  String CURRENT_USER = "SELECT current_user";
  String NAMES = "SELECT name FROM shop.item ORDER BY name";
  String ADD = "INSERT INTO shop.item (name) VALUES (?)";

  /** More rows than one fetch brings; each says whose connection it came over. */
  String MANY = "SELECT current_user || '' FROM generate_series(1, 2500)";

  int MANY_ROWS = 2_500;
  int FETCH_SIZE = 100;

  /** Whom the database takes this thread for. */
  String user();

  /** Of the rows that this user may read. */
  List<String> names();

  void add(String name);

  /** Gives the rows of {@link #MANY} to {@code reader}, as they come. */
  <T> T many(Function<Stream<String>, T> reader);
}
