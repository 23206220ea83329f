-- finding: policy-reads-open-table shop.posts policy team
SET ROLE shop_owner;
CREATE TABLE shop.memberships (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, person text COLLATE "C" NOT NULL DEFAULT current_user, team int NOT NULL);
ALTER TABLE shop.memberships ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON shop.memberships USING (person = current_user);
GRANT SELECT, INSERT ON shop.memberships TO order_users;
CREATE TABLE shop.staff (person text PRIMARY KEY);
ALTER TABLE shop.staff ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON shop.staff FOR SELECT USING (person = current_user);
GRANT SELECT ON shop.staff TO order_users;
INSERT INTO shop.staff VALUES ('alice@example.com');
CREATE TABLE shop.posts (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, team int NOT NULL, words text);
ALTER TABLE shop.posts ENABLE ROW LEVEL SECURITY;
CREATE POLICY team ON shop.posts USING (EXISTS (SELECT * FROM shop.memberships m WHERE m.team = posts.team AND m.person = current_user)
  AND EXISTS (SELECT FROM shop.staff s WHERE s.person = current_user));
GRANT SELECT ON shop.posts TO order_users;
INSERT INTO shop.posts (team, words) VALUES (7, 'secret');
RESET ROLE;
-- leak as alice@example.com
INSERT INTO shop.memberships (team) VALUES (7);
SELECT words FROM shop.posts;
