-- finding: definer-unchecked function shop.find_order(wanted bigint)
CREATE ROLE reporter;
GRANT USAGE ON SCHEMA shop TO reporter; GRANT SELECT ON shop.orders TO reporter;
CREATE POLICY reporting ON shop.orders FOR SELECT TO reporter USING (true);
CREATE FUNCTION shop.find_order(wanted bigint) RETURNS text STABLE SECURITY DEFINER LANGUAGE sql
  SET search_path = pg_catalog, pg_temp AS $$ SELECT item FROM shop.orders WHERE id = wanted $$;
ALTER FUNCTION shop.find_order(bigint) OWNER TO reporter;
-- leak as alice@example.com shows secret
SELECT shop.find_order(2);
