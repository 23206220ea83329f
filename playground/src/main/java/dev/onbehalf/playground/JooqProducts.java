package dev.onbehalf.playground;

import static org.jooq.Records.mapping;
import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.table;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record7;
import org.jooq.ResultQuery;
import org.jooq.Table;
import org.jooq.impl.SQLDataType;
import org.springframework.stereotype.Repository;

/** The products of the person behind the request, through jOOQ, with no code generated. Copy it. */
@Repository("jooq")
class JooqProducts implements OwnProducts {
  private static final Table<?> PRODUCTS = table(name("raw_example", "products"));
  private static final Field<UUID> ID = field(name("id"), SQLDataType.UUID);
  private static final Field<String> NAME = field(name("name"), SQLDataType.VARCHAR);
  private static final Field<String> CATEGORY = field(name("category"), SQLDataType.VARCHAR);
  private static final Field<BigDecimal> PRICE = field(name("price"), SQLDataType.NUMERIC(10, 2));
  private static final Field<Integer> STOCK = field(name("stock"), SQLDataType.INTEGER);
  private static final Field<String> CREATED_BY = field(name("created_by"), SQLDataType.CLOB);
  private static final Field<Instant> CREATED_AT = field(name("created_at"), SQLDataType.INSTANT);

  private final DSLContext jooq;

  JooqProducts(DSLContext jooq) {
    this.jooq = jooq;
  }

  @Override
  public List<Product> all() {
    return select().fetch(mapping(Product::new));
  }

  @Override
  public Product add(NewProduct product) {
    return jooq.insertInto(PRODUCTS, NAME, CATEGORY, PRICE, STOCK)
        .values(product.name(), product.category(), product.price(), product.stock())
        .returningResult(ID, NAME, CATEGORY, PRICE, STOCK, CREATED_BY, CREATED_AT)
        .fetchSingle(mapping(Product::new));
  }

  @Override
  public String query() {
    return select().getSQL();
  }

  private ResultQuery<Record7<UUID, String, String, BigDecimal, Integer, String, Instant>>
      select() {
    return jooq.select(ID, NAME, CATEGORY, PRICE, STOCK, CREATED_BY, CREATED_AT)
        .from(PRODUCTS)
        .orderBy(CREATED_AT.desc(), ID);
  }
}
