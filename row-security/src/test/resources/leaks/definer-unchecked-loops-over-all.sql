-- finding: definer-unchecked function shop.send_all()
SET ROLE shop_owner;
CREATE FUNCTION shop.send_all() RETURNS SETOF text SECURITY DEFINER LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp AS $$ DECLARE it record; BEGIN
    FOR it IN SELECT o.id FROM shop.orders o WHERE o.owner = session_user OR o.id > 0 LOOP
      RETURN QUERY UPDATE shop.orders SET item = item WHERE id = it.id RETURNING item;
    END LOOP; END $$;
RESET ROLE;
-- leak as alice@example.com shows secret
SELECT shop.send_all();
