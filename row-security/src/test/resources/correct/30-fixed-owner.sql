-- Whose it is stands by default, and nobody can write another name: no WITH CHECK needs to say so.
DROP POLICY own ON shop.orders;
CREATE POLICY own ON shop.orders USING (owner = current_user) WITH CHECK (true);
REVOKE INSERT, UPDATE ON shop.orders FROM order_users;
GRANT INSERT (item), UPDATE (item) ON shop.orders TO order_users;
ALTER TABLE shop.orders ADD UNIQUE (owner, item);
CREATE TABLE shop.memberships (team int, person text, PRIMARY KEY (person, team));
ALTER TABLE shop.memberships ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON shop.memberships FOR SELECT USING (person = current_user);
GRANT SELECT ON shop.memberships TO order_users;
CREATE TABLE shop.posts (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, team int NOT NULL, slug text, UNIQUE (team, slug));
ALTER TABLE shop.posts ENABLE ROW LEVEL SECURITY;
CREATE POLICY team ON shop.posts USING (team IN (SELECT m.team FROM shop.memberships m WHERE m.person = current_user))
  WITH CHECK (slug <> '');
GRANT SELECT, UPDATE (slug) ON shop.posts TO order_users;
-- leak as alice@example.com
UPDATE shop.orders SET owner = 'bob@example.com';
