-- people: alice@example.com
REVOKE USAGE ON SCHEMA public FROM PUBLIC;
SET ROLE shop_owner;
CREATE TABLE shop.notes (tenant text NOT NULL, words text);
CREATE INDEX ON shop.notes (tenant);
ALTER TABLE shop.notes ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON shop.notes FOR SELECT USING (tenant = current_schema);
GRANT SELECT ON shop.notes TO order_users;
INSERT INTO shop.notes VALUES ('public', 'secret');
CREATE FUNCTION shop.home() RETURNS text LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
  AS 'SELECT current_schema()::text';
CREATE TABLE shop.remarks (place text NOT NULL, words text);
CREATE INDEX ON shop.remarks (place);
ALTER TABLE shop.remarks ENABLE ROW LEVEL SECURITY;
CREATE POLICY home ON shop.remarks FOR SELECT USING (place = (SELECT shop.home()));
GRANT SELECT ON shop.remarks TO order_users;
RESET ROLE;
-- leak as alice@example.com
SET search_path = public; SELECT words FROM shop.notes;
