-- server: 14..
-- Functions that the planner writes out, so that it does not matter what they say of themselves; and one called once.
CREATE FUNCTION shop.me() RETURNS text LANGUAGE sql RETURN current_user;
CREATE FUNCTION shop.slow_me() RETURNS text LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$ BEGIN RETURN current_user; END $$;
CREATE POLICY mine ON shop.orders AS RESTRICTIVE USING (owner = (SELECT shop.slow_me()));
ALTER POLICY own ON shop.orders USING (owner = shop.me());
INSERT INTO shop.orders (item, owner) SELECT 'more', 'person' || n % 500 FROM generate_series(1, 20000) n;
CREATE INDEX ON shop.orders (owner);
ANALYZE shop.orders;
-- leak as alice@example.com shows Seq Scan
EXPLAIN SELECT * FROM shop.orders;
