-- finding: definer-unchecked function shop.items_of(who name)
SET ROLE shop_owner;
CREATE FUNCTION shop.items_of(who name DEFAULT NULL) RETURNS SETOF text STABLE SECURITY DEFINER LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp AS $$ BEGIN
    IF who IS NULL THEN who := session_user; END IF;
    RETURN QUERY SELECT o.item FROM shop.orders o WHERE o.owner = who; END $$;
RESET ROLE;
-- leak as alice@example.com shows secret
SELECT shop.items_of('bob@example.com');
