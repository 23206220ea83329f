-- finding: foreign-server server elsewhere
-- people: alice@example.com
CREATE EXTENSION postgres_fdw;
DO $$ BEGIN
  EXECUTE format('CREATE SERVER elsewhere FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host %L, port %L, dbname %L)',
    'localhost', current_setting('port'), current_database());
END $$;
CREATE USER MAPPING FOR order_users SERVER elsewhere OPTIONS (user 'postgres', password_required 'false');
GRANT USAGE ON FOREIGN SERVER elsewhere TO order_users;
-- leak as alice@example.com
SET ROLE order_users;
CREATE FOREIGN TABLE pg_temp.orders (item text) SERVER elsewhere OPTIONS (schema_name 'shop', table_name 'orders');
SELECT item FROM pg_temp.orders WHERE item = 'secret';
