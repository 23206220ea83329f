-- finding: definer-unchecked function shop.search(q text)
SET ROLE shop_owner;
CREATE FUNCTION shop.search(q text) RETURNS SETOF text STABLE SECURITY DEFINER LANGUAGE sql
  SET search_path = pg_catalog, pg_temp AS $$ SELECT o.item FROM shop.orders o WHERE o.owner = session_user OR o.item LIKE '%' || q || '%' $$;
RESET ROLE;
-- leak as alice@example.com shows secret
SELECT shop.search('sec');
