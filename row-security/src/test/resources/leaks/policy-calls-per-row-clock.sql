-- finding: policy-calls-per-row shop.orders policy own
ALTER TABLE shop.orders ADD until timestamptz NOT NULL DEFAULT 'infinity';
ALTER POLICY own ON shop.orders USING (owner = current_user AND until > clock_timestamp());
INSERT INTO shop.orders (item, owner, until) SELECT 'more', 'person' || n % 500, timestamptz '2001-01-01' FROM generate_series(1, 20000) n;
CREATE INDEX ON shop.orders (until); CREATE INDEX ON shop.orders (owner COLLATE "C");
ANALYZE shop.orders;
-- leak as alice@example.com shows Filter: (until > clock_timestamp())
EXPLAIN SELECT * FROM shop.orders;
