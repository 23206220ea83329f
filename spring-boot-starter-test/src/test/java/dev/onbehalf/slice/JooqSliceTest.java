package dev.onbehalf.slice;

import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.table;

import java.util.List;
import org.jooq.DSLContext;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.jooq.test.autoconfigure.JooqTest;

@JooqTest
@SuppressWarnings("NullAway.Init")
class JooqSliceTest extends Slice {
  @Autowired DSLContext jooq;

  @Override
  void place(String item) {
    jooq.insertInto(table("orders"), field("item", String.class)).values(item).execute();
  }

  @Override
  List<String> items() {
    return jooq.select(field("item", String.class))
        .from(table("orders"))
        .fetch()
        .map(r -> r.value1());
  }
}
