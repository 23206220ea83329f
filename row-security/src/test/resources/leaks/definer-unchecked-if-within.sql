-- finding: definer-unchecked function shop.items_of(who text)
SET ROLE shop_owner;
CREATE FUNCTION shop.note(who text) RETURNS void LANGUAGE sql SET search_path = pg_catalog, pg_temp AS 'SELECT';
CREATE FUNCTION shop.items_of(who text) RETURNS SETOF text SECURITY DEFINER LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp AS $$ BEGIN
    IF who = '' THEN
      IF session_user <> who THEN RAISE EXCEPTION 'no'; END IF;
    END IF;
    RETURN QUERY SELECT o.item FROM shop.orders o WHERE o.owner = who;
  END $$;
RESET ROLE;
-- leak as alice@example.com shows secret
SELECT shop.items_of('bob@example.com');
