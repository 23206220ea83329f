-- finding: foreign-key-probing shop.notes constraint notes_post_fkey
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
CREATE TABLE shop.notes (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, team int NOT NULL, post int REFERENCES shop.posts);
ALTER TABLE shop.notes ENABLE ROW LEVEL SECURITY;
CREATE POLICY team ON shop.notes
  USING (EXISTS (SELECT FROM shop.memberships m WHERE m.person = current_user AND m.team = notes.team));
GRANT SELECT, INSERT ON shop.notes TO order_users;
-- leak as alice@example.com
INSERT INTO shop.notes (team, post) VALUES (1, 2);
