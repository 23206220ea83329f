-- finding: definer-unchecked function shop.items()
SET ROLE shop_owner;
CREATE FUNCTION shop.items() RETURNS SETOF text SECURITY DEFINER LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp AS $$ DECLARE whose text; BEGIN
    SELECT o.owner INTO whose FROM shop.orders o WHERE o.owner <> session_user LIMIT 1;
    RETURN QUERY SELECT o.item FROM shop.orders o WHERE o.owner = whose; END $$;
RESET ROLE;
-- leak as alice@example.com shows secret
SELECT shop.items();
