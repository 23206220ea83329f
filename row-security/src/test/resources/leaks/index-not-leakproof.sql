-- finding: index-not-leakproof shop.orders index orders_price
ALTER TABLE shop.orders ADD price numeric;
INSERT INTO shop.orders (item, owner, price) SELECT 'more', 'person' || n % 500, n FROM generate_series(1, 20000) n;
CREATE INDEX orders_price ON shop.orders (price);
ANALYZE shop.orders;
-- leak as alice@example.com shows Seq Scan
EXPLAIN ANALYZE SELECT * FROM shop.orders WHERE price = 7;
