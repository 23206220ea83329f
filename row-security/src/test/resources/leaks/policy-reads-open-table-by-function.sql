-- finding: policy-reads-open-table shop.posts policy team
SET ROLE shop_owner;
CREATE TABLE shop.memberships (person text NOT NULL, team int NOT NULL, PRIMARY KEY (person, team));
ALTER TABLE shop.memberships ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON shop.memberships USING (person = current_user);
GRANT SELECT, UPDATE (team) ON shop.memberships TO order_users;
INSERT INTO shop.memberships VALUES ('alice@example.com', 1);
CREATE FUNCTION shop.in_team(t int) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
  AS 'SELECT EXISTS (SELECT FROM shop.memberships WHERE person = session_user AND team = t)';
CREATE TABLE shop.posts (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, team int NOT NULL, words text NOT NULL);
ALTER TABLE shop.posts ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON shop.posts TO order_users;
INSERT INTO shop.posts (team, words) VALUES (7, 'secret');
CREATE POLICY team ON shop.posts USING (shop.in_team(team));
RESET ROLE;
-- leak as alice@example.com
UPDATE shop.memberships SET team = 7;
SELECT words FROM shop.posts;
