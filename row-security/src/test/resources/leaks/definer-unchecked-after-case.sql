-- finding: definer-unchecked function shop.items(kind text)
SET ROLE shop_owner;
CREATE FUNCTION shop.items(kind text) RETURNS SETOF text LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE n int;
BEGIN
  CASE kind WHEN 'a' THEN n := 1; ELSE n := 2; END CASE;
  RETURN QUERY SELECT item FROM shop.orders;
END $$;
RESET ROLE;
-- leak as alice@example.com shows secret
SELECT * FROM shop.items('a') AS items;
