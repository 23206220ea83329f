-- finding: definer-unchecked function shop.remove(which bigint)
SET ROLE shop_owner;
CREATE FUNCTION shop.remove(which bigint) RETURNS SETOF bigint SECURITY DEFINER LANGUAGE sql
  SET search_path = pg_catalog, pg_temp AS $$ DELETE FROM shop.orders o WHERE o.owner = session_user OR o.id = which RETURNING o.id $$;
RESET ROLE;
-- leak as alice@example.com shows 2
SELECT shop.remove(2);
