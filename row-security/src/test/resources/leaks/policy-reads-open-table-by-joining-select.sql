-- finding: policy-reads-open-table shop.posts policy team
SET ROLE shop_owner;
CREATE TABLE shop.memberships (person text COLLATE "C", team int, PRIMARY KEY (person, team));
ALTER TABLE shop.memberships ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON shop.memberships FOR SELECT USING (person = current_user);
GRANT SELECT ON shop.memberships TO order_users;
CREATE TABLE shop.posts (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, team int NOT NULL, words text);
CREATE INDEX ON shop.posts (team);
ALTER TABLE shop.posts ENABLE ROW LEVEL SECURITY;
CREATE POLICY team ON shop.posts USING (team = ANY (ARRAY (SELECT m.team FROM shop.memberships m WHERE m.person = current_user)));
GRANT SELECT ON shop.posts TO order_users;
INSERT INTO shop.posts (team, words) VALUES (2, 'secret');
CREATE FUNCTION shop.join(which int) RETURNS void SECURITY DEFINER LANGUAGE sql
  SET search_path = pg_catalog, pg_temp AS $$ INSERT INTO shop.memberships (team, person) SELECT which, session_user $$;
RESET ROLE;
-- leak as alice@example.com
SELECT shop.join(2);
SELECT words FROM shop.posts;
