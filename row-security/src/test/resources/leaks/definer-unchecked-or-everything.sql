-- finding: definer-unchecked function shop.items(everything boolean)
SET ROLE shop_owner;
CREATE FUNCTION shop.items(everything boolean DEFAULT false) RETURNS SETOF text STABLE SECURITY DEFINER LANGUAGE sql
  SET search_path = pg_catalog, pg_temp AS $$ SELECT o.item FROM shop.orders o WHERE o.owner = session_user OR everything $$;
RESET ROLE;
-- leak as alice@example.com shows secret
SELECT shop.items(true);
