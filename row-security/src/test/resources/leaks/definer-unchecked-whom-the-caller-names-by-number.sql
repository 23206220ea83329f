-- finding: definer-unchecked function shop.items_of(text)
SET ROLE shop_owner;
CREATE FUNCTION shop.items_of(text) RETURNS SETOF text STABLE SECURITY DEFINER LANGUAGE sql
  SET search_path = pg_catalog, pg_temp AS $$ SELECT item FROM shop.orders WHERE owner = coalesce($1, session_user) $$;
RESET ROLE;
-- leak as alice@example.com shows secret
SELECT shop.items_of('bob@example.com');
