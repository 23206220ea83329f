-- finding: policy-nearly-true shop.posts policy team
SET ROLE shop_owner;
CREATE TABLE shop.memberships (person text COLLATE "C", team int, PRIMARY KEY (person, team));
ALTER TABLE shop.memberships ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON shop.memberships FOR SELECT USING (person = current_user);
GRANT SELECT ON shop.memberships TO order_users;
INSERT INTO shop.memberships VALUES ('alice@example.com', 1), ('bob@example.com', 2);
CREATE TABLE shop.posts (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, team int NOT NULL, words text);
CREATE INDEX ON shop.posts (team);
ALTER TABLE shop.posts ENABLE ROW LEVEL SECURITY;
CREATE POLICY team ON shop.posts FOR SELECT USING (EXISTS (SELECT 1 FROM shop.memberships m WHERE m.team = posts.team AND m.person = current_user) OR words <> '');
GRANT SELECT ON shop.posts TO order_users;
INSERT INTO shop.posts (team, words) VALUES (2, 'secret');
RESET ROLE;
-- leak as alice@example.com
SELECT words FROM shop.posts;
