-- finding: definer-unchecked function shop.find_order(wanted bigint)
SET ROLE shop_owner;
CREATE TABLE shop.asked (person text, what bigint);
CREATE FUNCTION shop.find_order(wanted bigint) RETURNS text SECURITY DEFINER LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp AS $$ DECLARE found text; BEGIN
    INSERT INTO shop.asked VALUES (session_user, wanted); -- session_user = who asked
    IF session_user IS NOT NULL THEN RAISE LOG '% asked', session_user; END IF;
    SELECT item INTO found FROM shop.orders WHERE id = wanted ORDER BY owner = session_user;
    RETURN found; END $$;
RESET ROLE;
-- leak as alice@example.com shows secret
SELECT shop.find_order(2);
