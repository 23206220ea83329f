-- finding: definer-unchecked function shop.items_of(who text)
SET ROLE shop_owner;
CREATE FUNCTION shop.items_of(who text DEFAULT NULL) RETURNS SETOF text STABLE SECURITY DEFINER LANGUAGE sql
  SET search_path = pg_catalog, pg_temp AS $$ SELECT o.item FROM shop.orders o WHERE o.owner = coalesce(who, session_user) $$;
RESET ROLE;
-- leak as alice@example.com shows secret
SELECT shop.items_of('bob@example.com');
