-- finding: definer-unchecked function shop.only_me(t text)
SET ROLE shop_owner;
CREATE FUNCTION shop.only_me(t text) RETURNS SETOF bigint SECURITY DEFINER LANGUAGE sql
  SET search_path = pg_catalog, pg_temp AS $$ DELETE FROM shop.orders o WHERE o.item = t AND o.owner <> session_user RETURNING o.id $$;
RESET ROLE;
-- leak as alice@example.com shows 2
SELECT shop.only_me('secret');
