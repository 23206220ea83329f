-- finding: definer-unchecked function shop.find_order(wanted bigint)
SET ROLE shop_owner;
CREATE FUNCTION shop.look_up(wanted bigint) RETURNS text STABLE LANGUAGE sql
  SET search_path = pg_catalog, pg_temp AS $$ SELECT item FROM shop.orders WHERE id = wanted $$;
CREATE FUNCTION shop.find_order(wanted bigint) RETURNS text STABLE SECURITY DEFINER LANGUAGE sql
  SET search_path = pg_catalog, pg_temp AS $$ SELECT shop.look_up(wanted) $$;
RESET ROLE;
-- leak as alice@example.com shows secret
SELECT shop.find_order(2);
