-- finding: cascade-unseen shop.comments constraint comments_post_fkey
CREATE TABLE shop.memberships (team int, person text, PRIMARY KEY (person, team));
ALTER TABLE shop.memberships ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON shop.memberships FOR SELECT USING (person = current_user);
GRANT SELECT ON shop.memberships TO order_users;
INSERT INTO shop.memberships VALUES (1, 'alice@example.com'), (2, 'bob@example.com');
CREATE TABLE shop.posts (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, team int NOT NULL, slug text);
ALTER TABLE shop.posts ENABLE ROW LEVEL SECURITY;
CREATE POLICY team ON shop.posts
  USING (team = ANY (ARRAY (SELECT m.team FROM shop.memberships m WHERE m.person = current_user)));
GRANT SELECT, INSERT, UPDATE, DELETE ON shop.posts TO order_users;
INSERT INTO shop.posts (team, slug) VALUES (1, 'hello'), (2, 'secret');
INSERT INTO shop.memberships VALUES (1, 'bob@example.com');
CREATE TABLE shop.comments (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  post int NOT NULL REFERENCES shop.posts ON DELETE CASCADE, owner text NOT NULL DEFAULT current_user);
ALTER TABLE shop.comments ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON shop.comments USING (owner = current_user)
  WITH CHECK (owner = current_user AND EXISTS (SELECT FROM shop.posts p WHERE p.id = post));
GRANT SELECT, INSERT, DELETE ON shop.comments TO order_users;
-- first as bob@example.com
INSERT INTO shop.comments (post) VALUES (1);
-- leak as alice@example.com
DELETE FROM shop.posts WHERE id = 1;
