-- Views whose tables are joined by USING: the condition of one holds the other.
SET ROLE shop_owner;
CREATE TABLE shop.memberships (person text COLLATE "C", team int, PRIMARY KEY (person, team));
ALTER TABLE shop.memberships ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON shop.memberships FOR SELECT USING (person = current_user);
GRANT SELECT ON shop.memberships TO order_users;
CREATE TABLE shop.posts (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, team int NOT NULL, words text);
ALTER TABLE shop.posts ENABLE ROW LEVEL SECURITY;
CREATE POLICY team ON shop.posts USING (team = ANY (ARRAY (SELECT m.team FROM shop.memberships m WHERE m.person = current_user)));
GRANT SELECT ON shop.posts TO order_users;
CREATE VIEW shop.posts_of_mine WITH (security_barrier) AS
  SELECT p.id, p.words FROM shop.posts p JOIN shop.memberships m USING (team) WHERE m.person = current_user;
CREATE VIEW shop.teams_of_mine WITH (security_barrier) AS
  SELECT m.team, p.words FROM shop.memberships m LEFT JOIN shop.posts p USING (team) WHERE m.person = current_user;
GRANT SELECT ON shop.posts_of_mine, shop.teams_of_mine TO order_users;
INSERT INTO shop.memberships VALUES ('bob@example.com', 2);
INSERT INTO shop.posts (team, words) VALUES (2, 'secret');
RESET ROLE;
-- leak as alice@example.com
SELECT words FROM shop.posts_of_mine UNION SELECT words FROM shop.teams_of_mine;
