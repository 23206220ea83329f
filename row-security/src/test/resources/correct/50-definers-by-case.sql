-- Functions that ask who calls by CASE.
SET ROLE shop_owner;
CREATE FUNCTION shop.items(kind text) RETURNS SETOF text LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  CASE WHEN session_user = 'nobody@example.com' THEN NULL;
  ELSE RAISE EXCEPTION 'no'; END CASE;
  RETURN QUERY SELECT item FROM shop.orders;
END $$;
CREATE FUNCTION shop.all_items() RETURNS SETOF text LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  CASE session_user
    WHEN 'nobody@example.com' THEN RETURN QUERY SELECT item FROM shop.orders;
    ELSE RETURN QUERY SELECT item FROM shop.orders WHERE owner = session_user;
  END CASE;
END $$;
RESET ROLE;
-- leak as alice@example.com shows secret
SELECT * FROM shop.all_items() AS items;
