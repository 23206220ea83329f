-- Who is in a team sees what is the team's: a table of memberships, read by a sub-select.
CREATE TABLE shop.memberships (team int, person text, PRIMARY KEY (person, team));
ALTER TABLE shop.memberships ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON shop.memberships FOR SELECT USING (person = current_user);
CREATE TABLE shop.posts (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), team int NOT NULL, words text);
ALTER TABLE shop.posts ENABLE ROW LEVEL SECURITY;
CREATE POLICY team ON shop.posts
  USING (team IN (SELECT m.team FROM shop.memberships m WHERE m.person = current_user));
GRANT SELECT ON shop.memberships TO order_users;
GRANT SELECT, INSERT, UPDATE, DELETE ON shop.posts TO order_users;
INSERT INTO shop.memberships VALUES (1, 'alice@example.com'), (2, 'bob@example.com');
INSERT INTO shop.posts (team, words) VALUES (1, 'hello'), (2, 'secret');
-- leak as alice@example.com
SELECT words FROM shop.posts WHERE words = 'secret';
