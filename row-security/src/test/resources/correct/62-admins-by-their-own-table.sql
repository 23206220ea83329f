-- Who leads a team changes and removes its members: looked up in the same table, of which all see their own without a look-up.
SET ROLE shop_owner;
CREATE TABLE shop.memberships (person text COLLATE "C", team int, is_admin boolean NOT NULL DEFAULT false, PRIMARY KEY (person, team));
CREATE FUNCTION shop.admins() RETURNS int[] STABLE LANGUAGE sql SET search_path = pg_catalog, pg_temp
  AS $$ SELECT coalesce(array_agg(m.team), '{}') FROM shop.memberships m WHERE m.person = current_user AND m.is_admin $$;
ALTER TABLE shop.memberships ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON shop.memberships FOR SELECT USING (person = current_user);
CREATE POLICY changing ON shop.memberships FOR UPDATE
  USING (team IN (SELECT m.team FROM shop.memberships m WHERE m.person = current_user AND m.is_admin));
CREATE POLICY removing ON shop.memberships FOR DELETE USING (team = ANY ((SELECT shop.admins())::int[]));
GRANT SELECT, UPDATE (is_admin), DELETE ON shop.memberships TO order_users;
INSERT INTO shop.memberships VALUES ('alice@example.com', 1, true), ('alice@example.com', 2, false);
RESET ROLE;
-- leak as alice@example.com
DELETE FROM shop.memberships WHERE team = 2;
