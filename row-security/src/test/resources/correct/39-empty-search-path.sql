-- Functions of the owner's with no search path at all, in which every name has its schema, those of types too.
SET ROLE shop_owner;
CREATE FUNCTION shop.my_items() RETURNS SETOF text STABLE SECURITY DEFINER LANGUAGE sql SET search_path = ''
  AS $$ SELECT item FROM shop.orders WHERE owner = session_user $$;
CREATE FUNCTION shop.my_count() RETURNS bigint STABLE SECURITY DEFINER LANGUAGE plpgsql SET search_path = ''
  AS $$ DECLARE me pg_catalog.text := session_user; found bigint; BEGIN
    SELECT count(*) INTO found FROM shop.orders WHERE owner = me; RETURN found; END $$;
RESET ROLE;
-- leak as alice@example.com shows secret
SELECT shop.my_items();
