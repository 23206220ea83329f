-- finding: policy-reads-open-table shop.posts policy team
SET ROLE shop_owner;
CREATE TABLE shop.memberships (person text COLLATE "C", team int, PRIMARY KEY (person, team));
ALTER TABLE shop.memberships ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON shop.memberships USING (person = current_user);
GRANT SELECT, INSERT ON shop.memberships TO order_users;
CREATE TABLE shop.posts (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, team int NOT NULL, words text);
CREATE INDEX ON shop.posts (team);
ALTER TABLE shop.posts ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON shop.posts TO order_users;
INSERT INTO shop.posts (team, words) VALUES (7, 'secret');
CREATE POLICY team ON shop.posts USING (team IN (
  WITH mine AS (SELECT m.team FROM shop.memberships m WHERE m.person = current_user) SELECT mine.team FROM mine));
RESET ROLE;
-- leak as alice@example.com
INSERT INTO shop.memberships VALUES ('alice@example.com', 7);
SELECT words FROM shop.posts;
