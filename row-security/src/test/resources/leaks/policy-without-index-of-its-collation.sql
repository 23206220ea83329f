-- finding: policy-without-index shop.orders column owner
INSERT INTO shop.orders (item, owner) SELECT 'more', 'person' || n % 500 FROM generate_series(1, 20000) n;
CREATE INDEX ON shop.orders (owner);
ANALYZE shop.orders;
-- leak as alice@example.com shows Seq Scan
EXPLAIN ANALYZE SELECT * FROM shop.orders;
