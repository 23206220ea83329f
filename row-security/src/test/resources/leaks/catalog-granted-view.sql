-- finding: catalog-granted shop.samples
CREATE VIEW shop.inner_samples AS SELECT starelid, stavalues1::text FROM pg_statistic;
CREATE VIEW shop.samples AS SELECT * FROM shop.inner_samples;
GRANT SELECT ON shop.samples TO order_users;
INSERT INTO shop.orders (item, owner) SELECT 'secret', 'bob@example.com' FROM generate_series(1, 100);
ANALYZE shop.orders;
-- leak as alice@example.com shows secret
SELECT stavalues1 FROM shop.samples WHERE starelid = 'shop.orders'::regclass;
