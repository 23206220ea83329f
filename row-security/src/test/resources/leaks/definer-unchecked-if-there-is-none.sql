-- finding: definer-unchecked function shop.item(which bigint)
SET ROLE shop_owner;
CREATE FUNCTION shop.item(which bigint) RETURNS text SECURITY DEFINER LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp AS $$ BEGIN
    IF NOT EXISTS (SELECT FROM shop.orders o WHERE o.id = which) THEN RAISE EXCEPTION 'no'; END IF;
    RETURN (SELECT o.item FROM shop.orders o WHERE o.id = which); END $$;
RESET ROLE;
-- leak as alice@example.com shows secret
SELECT shop.item(2);
