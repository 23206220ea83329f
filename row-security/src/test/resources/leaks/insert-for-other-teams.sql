-- finding: insert-for-others shop.orders policy adding
CREATE TABLE shop.memberships (team int, person text, PRIMARY KEY (person, team));
ALTER TABLE shop.memberships ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON shop.memberships FOR SELECT USING (person = current_user);
GRANT SELECT ON shop.memberships TO order_users;
INSERT INTO shop.memberships VALUES (1, 'alice@example.com'), (2, 'bob@example.com');
DROP POLICY own ON shop.orders;
ALTER TABLE shop.orders ADD team int NOT NULL DEFAULT 1;
CREATE POLICY team ON shop.orders FOR SELECT
  USING (EXISTS (SELECT FROM shop.memberships m WHERE m.team = orders.team AND m.person = current_user));
CREATE POLICY adding ON shop.orders FOR INSERT WITH CHECK (item <> '');
-- leak as alice@example.com
INSERT INTO shop.orders (item, team) VALUES ('planted', 2);
