-- finding: definer-unchecked function shop.items_of(who text)
SET ROLE shop_owner;
CREATE FUNCTION shop.note(who text) RETURNS void LANGUAGE sql SET search_path = pg_catalog, pg_temp AS 'SELECT';
CREATE FUNCTION shop.items_of(who text) RETURNS SETOF text SECURITY DEFINER LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp AS $$ BEGIN
    ASSERT session_user = who;
    RETURN QUERY SELECT o.item FROM shop.orders o WHERE o.owner = who;
  END $$;
RESET ROLE;
-- leak as alice@example.com shows secret
SET plpgsql.check_asserts = off; SELECT shop.items_of('bob@example.com');
