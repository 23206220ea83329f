-- finding: definer-unchecked function shop.find_order(wanted bigint)
SET ROLE shop_owner;
CREATE TABLE shop.kinds (kind text); INSERT INTO shop.kinds VALUES ('any');
CREATE FUNCTION shop.find_order(wanted bigint) RETURNS text STABLE SECURITY DEFINER LANGUAGE sql
  SET search_path = pg_catalog, pg_temp AS $$ SELECT o.item FROM shop.kinds k, shop.orders o WHERE o.id = wanted $$;
RESET ROLE;
-- leak as alice@example.com shows secret
SELECT shop.find_order(2);
