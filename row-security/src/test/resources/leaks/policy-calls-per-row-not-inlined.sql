-- finding: policy-calls-per-row shop.orders policy own
CREATE TABLE shop.aliases (person text, name text); INSERT INTO shop.aliases VALUES ('alice@example.com', 'alice@example.com');
ALTER TABLE shop.aliases ENABLE ROW LEVEL SECURITY; GRANT SELECT ON shop.aliases TO order_users;
CREATE POLICY own ON shop.aliases FOR SELECT USING (person = current_user);
CREATE FUNCTION shop.me() RETURNS text STABLE LANGUAGE sql AS $$ SELECT a.name FROM shop.aliases a $$;
ALTER POLICY own ON shop.orders USING (owner = shop.me());
INSERT INTO shop.orders (item, owner) SELECT 'more', 'bob@example.com' FROM generate_series(1, 500);
-- leak as alice@example.com
SELECT count(*) FROM shop.orders;
SELECT 'called ' || calls FROM pg_stat_xact_user_functions WHERE funcname = 'me' AND calls > 100;
