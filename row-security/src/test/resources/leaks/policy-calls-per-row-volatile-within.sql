-- finding: policy-calls-per-row shop.orders policy own
-- server: 14..
CREATE FUNCTION shop.inner_me() RETURNS text LANGUAGE plpgsql AS $$ BEGIN RETURN current_user; END $$;
CREATE FUNCTION shop.me() RETURNS text STABLE LANGUAGE sql RETURN shop.inner_me();
ALTER POLICY own ON shop.orders USING (owner = shop.me());
INSERT INTO shop.orders (item, owner) SELECT 'more', 'bob@example.com' FROM generate_series(1, 500);
-- leak as alice@example.com
SELECT count(*) FROM shop.orders;
SELECT 'called ' || calls FROM pg_stat_xact_user_functions WHERE funcname = 'me' AND calls > 100;
