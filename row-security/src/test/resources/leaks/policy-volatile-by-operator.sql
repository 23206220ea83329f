-- finding: policy-volatile function shop.behind(one text, other name)
CREATE FUNCTION shop.behind(one text, other name) RETURNS text LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp AS $$ BEGIN RETURN one || other; END $$;
CREATE OPERATOR shop.|> (LEFTARG = text, RIGHTARG = name, FUNCTION = shop.behind);
ALTER POLICY own ON shop.orders USING (owner = (''::text OPERATOR(shop.|>) current_user));
INSERT INTO shop.orders (item, owner) SELECT 'more', 'person' || n % 500 FROM generate_series(1, 20000) n;
CREATE INDEX ON shop.orders (owner COLLATE "C");
ANALYZE shop.orders;
-- leak as alice@example.com
SELECT count(*) FROM shop.orders;
SELECT 'called ' || calls FROM pg_stat_xact_user_functions WHERE funcname = 'behind' AND calls > 1000;
