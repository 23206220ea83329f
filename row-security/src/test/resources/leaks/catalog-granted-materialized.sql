-- finding: catalog-granted shop.samples
INSERT INTO shop.orders (item, owner) SELECT 'secret', 'bob@example.com' FROM generate_series(1, 100);
ANALYZE shop.orders;
CREATE MATERIALIZED VIEW shop.samples AS SELECT starelid, stavalues1::text FROM pg_statistic;
GRANT SELECT ON shop.samples TO order_users;
-- leak as alice@example.com shows secret
SELECT stavalues1 FROM shop.samples WHERE starelid = 'shop.orders'::regclass;
