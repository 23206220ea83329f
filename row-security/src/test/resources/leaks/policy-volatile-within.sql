-- finding: policy-volatile function shop.inner_me()
-- server: 14..
CREATE FUNCTION shop.inner_me() RETURNS text LANGUAGE plpgsql AS $$ BEGIN RETURN current_user; END $$;
CREATE FUNCTION shop.me() RETURNS text LANGUAGE sql RETURN shop.inner_me();
ALTER POLICY own ON shop.orders USING (owner = shop.me());
INSERT INTO shop.orders (item, owner) SELECT 'more', 'person' || n % 500 FROM generate_series(1, 20000) n;
CREATE INDEX ON shop.orders (owner);
ANALYZE shop.orders;
-- leak as alice@example.com
SELECT count(*) FROM shop.orders;
SELECT 'called ' || calls FROM pg_stat_xact_user_functions WHERE funcname = 'inner_me' AND calls > 1000;
