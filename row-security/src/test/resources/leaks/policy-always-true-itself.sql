-- finding: policy-always-true shop.orders policy team
CREATE TABLE shop.memberships (team int, person text, PRIMARY KEY (person, team));
ALTER TABLE shop.memberships ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON shop.memberships FOR SELECT USING (person = current_user);
GRANT SELECT ON shop.memberships TO order_users;
INSERT INTO shop.memberships VALUES (1, 'alice@example.com'), (2, 'bob@example.com');
ALTER TABLE shop.orders ADD team int NOT NULL DEFAULT 2;
CREATE POLICY team ON shop.orders FOR SELECT TO order_users
  USING (EXISTS (SELECT FROM shop.memberships WHERE team = team AND person = current_user));
-- leak as alice@example.com
SELECT item FROM shop.orders WHERE item = 'secret';
