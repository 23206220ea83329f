-- finding: definer-unchecked function shop.items(kind text)
SET ROLE shop_owner;
CREATE FUNCTION shop.items(kind text) RETURNS SETOF text LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF kind IS NOT NULL THEN
    CASE WHEN kind = 'a' THEN
      IF length(kind) > 1 THEN RETURN; END IF;
    ELSE RETURN QUERY SELECT item FROM shop.orders;
    END CASE;
  END IF;
EXCEPTION
  WHEN no_data_found THEN NULL;
  WHEN others THEN NULL;
END $$;
RESET ROLE;
-- leak as alice@example.com shows secret
SELECT * FROM shop.items('b') AS items;
