-- A function of the owner's that looks who calls.
CREATE FUNCTION shop.my_items() RETURNS SETOF text STABLE SECURITY DEFINER LANGUAGE sql
  SET search_path = pg_catalog, pg_temp
  AS $$ SELECT item FROM shop.orders WHERE owner = session_user $$;
ALTER FUNCTION shop.my_items() OWNER TO shop_owner;
REVOKE EXECUTE ON FUNCTION shop.my_items() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION shop.my_items() TO order_users;
-- leak as alice@example.com shows secret
SELECT shop.my_items();
