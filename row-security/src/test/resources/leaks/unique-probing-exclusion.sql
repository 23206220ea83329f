-- finding: unique-probing shop.posts constraint posts_slug_during_excl
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
CREATE EXTENSION btree_gist;
ALTER TABLE shop.posts ADD during int4range;
ALTER TABLE shop.posts ADD EXCLUDE USING gist (slug WITH =, during WITH &&) WHERE (slug <> 'none');
UPDATE shop.posts SET during = '[1,5]';
-- leak as alice@example.com by error 23P01
INSERT INTO shop.posts (team, slug, during) VALUES (1, 'secret', '[3,3]');
