-- finding: policy-reads-open-table shop.posts policy team
SET ROLE shop_owner;
CREATE TABLE shop.memberships (person text NOT NULL DEFAULT current_user, team int NOT NULL, state text NOT NULL DEFAULT 'in', PRIMARY KEY (person, team));
ALTER TABLE shop.memberships ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON shop.memberships USING (person = current_user);
GRANT SELECT, INSERT (person, team) ON shop.memberships TO order_users;
CREATE TABLE shop.posts (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, team int NOT NULL, words text NOT NULL);
ALTER TABLE shop.posts ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON shop.posts TO order_users;
INSERT INTO shop.posts (team, words) VALUES (7, 'secret');
CREATE POLICY team ON shop.posts USING (team IN (SELECT m.team FROM shop.memberships m WHERE m.person = current_user AND m.state = 'in'));
RESET ROLE;
-- leak as alice@example.com
INSERT INTO shop.memberships (team) VALUES (7);
SELECT words FROM shop.posts;
