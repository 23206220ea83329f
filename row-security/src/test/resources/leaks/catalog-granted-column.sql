-- finding: catalog-granted pg_catalog.pg_statistic
GRANT SELECT (starelid, stavalues1) ON pg_statistic TO order_users;
INSERT INTO shop.orders (item, owner) SELECT 'secret', 'bob@example.com' FROM generate_series(1, 100);
ANALYZE shop.orders;
-- leak as alice@example.com shows secret
SELECT stavalues1::text FROM pg_statistic WHERE starelid = 'shop.orders'::regclass;
