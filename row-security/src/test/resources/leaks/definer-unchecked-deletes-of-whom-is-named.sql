-- finding: definer-unchecked function shop.remove(which bigint, who text)
SET ROLE shop_owner;
CREATE FUNCTION shop.remove(which bigint, who text DEFAULT NULL) RETURNS SETOF bigint SECURITY DEFINER LANGUAGE sql
  SET search_path = pg_catalog, pg_temp AS $$ DELETE FROM shop.orders o WHERE o.owner = coalesce(who, session_user) AND o.id = which RETURNING o.id $$;
RESET ROLE;
-- leak as alice@example.com shows 2
SELECT shop.remove(2, 'bob@example.com');
