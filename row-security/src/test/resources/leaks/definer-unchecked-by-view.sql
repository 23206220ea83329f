-- finding: definer-unchecked function shop.find_order(wanted bigint)
SET ROLE shop_owner;
CREATE VIEW shop.everything AS SELECT * FROM shop.orders;
CREATE FUNCTION shop.find_order(wanted bigint) RETURNS text STABLE SECURITY DEFINER LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp
  AS $$ BEGIN RETURN (SELECT e.item FROM shop.everything e WHERE e.id = wanted); END $$;
RESET ROLE;
-- leak as alice@example.com shows secret
SELECT shop.find_order(2);
