-- What people choose to see of their teams: a table of their own beside that of who is in which.
SET ROLE shop_owner;
CREATE TABLE shop.memberships (person text COLLATE "C", team int, PRIMARY KEY (person, team));
ALTER TABLE shop.memberships ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON shop.memberships FOR SELECT USING (person = current_user);
GRANT SELECT ON shop.memberships TO order_users;
INSERT INTO shop.memberships VALUES ('alice@example.com', 1), ('bob@example.com', 2);
CREATE TABLE shop.profiles (person text COLLATE "C" PRIMARY KEY DEFAULT current_user, current_team int);
ALTER TABLE shop.profiles ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON shop.profiles USING (person = current_user);
GRANT SELECT, INSERT, UPDATE ON shop.profiles TO order_users;
CREATE TABLE shop.posts (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, team int NOT NULL, words text);
CREATE INDEX ON shop.posts (team);
ALTER TABLE shop.posts ENABLE ROW LEVEL SECURITY;
CREATE POLICY team ON shop.posts USING (team = ANY (ARRAY (SELECT m.team FROM shop.memberships m WHERE m.person = current_user)) AND team = (SELECT p.current_team FROM shop.profiles p WHERE p.person = current_user));
GRANT SELECT, INSERT, UPDATE, DELETE ON shop.posts TO order_users;
INSERT INTO shop.posts (team, words) VALUES (2, 'secret');
RESET ROLE;
-- leak as alice@example.com
INSERT INTO shop.profiles (current_team) VALUES (2);
SELECT words FROM shop.posts;
