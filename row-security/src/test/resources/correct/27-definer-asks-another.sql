-- Functions of the owner's that ask another function who calls; one that takes it into a variable.
SET ROLE shop_owner;
CREATE FUNCTION shop.caller() RETURNS text STABLE LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
  AS $$ BEGIN RETURN session_user; END $$;
CREATE FUNCTION shop.my_items() RETURNS SETOF text STABLE SECURITY DEFINER LANGUAGE sql
  SET search_path = pg_catalog, pg_temp
  AS $$ SELECT item FROM shop.orders WHERE owner = shop.caller() $$;
CREATE FUNCTION shop.my_item(wanted bigint) RETURNS text STABLE SECURITY DEFINER LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp
  AS $$ DECLARE me text := session_user; found text; BEGIN
    SELECT item INTO found FROM shop.orders WHERE id = wanted AND owner = me; RETURN found; END $$;
CREATE FUNCTION shop.checked_item(wanted bigint) RETURNS text STABLE SECURITY DEFINER LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp
  AS $$ DECLARE it shop.orders; BEGIN
    SELECT * INTO it FROM shop.orders WHERE id = wanted;
    IF it.owner IS DISTINCT FROM session_user THEN RAISE EXCEPTION 'not yours'; END IF;
    RETURN it.item; END $$;
RESET ROLE;
-- leak as alice@example.com shows secret
SELECT shop.my_items() UNION ALL SELECT shop.my_item(2);
