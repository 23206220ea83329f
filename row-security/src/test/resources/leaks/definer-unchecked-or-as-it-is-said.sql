-- finding: definer-unchecked function shop.items(which text)
SET ROLE shop_owner;
CREATE FUNCTION shop.items(which text DEFAULT 'mine') RETURNS SETOF text STABLE SECURITY DEFINER LANGUAGE sql
  SET search_path = pg_catalog, pg_temp AS $$ SELECT o.item FROM shop.orders o WHERE o.owner = session_user OR which = 'all' $$;
RESET ROLE;
-- leak as alice@example.com shows secret
SELECT shop.items('all');
