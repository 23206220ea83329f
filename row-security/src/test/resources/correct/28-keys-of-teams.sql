-- Keys that begin with whose a row is, or that nobody can guess; foreign keys that carry it along, or are looked up.
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
ALTER TABLE shop.posts ADD UNIQUE (team, slug), ADD UNIQUE (team, id), ADD token uuid UNIQUE DEFAULT gen_random_uuid(),
  ADD secret text UNIQUE DEFAULT md5(random()::text), ADD reference uuid UNIQUE;
CREATE UNIQUE INDEX ON shop.posts (team, lower(slug));
CREATE TABLE shop.notes (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, team int NOT NULL, post int NOT NULL, words text,
  FOREIGN KEY (team, post) REFERENCES shop.posts (team, id) ON DELETE CASCADE ON UPDATE CASCADE);
ALTER TABLE shop.notes ENABLE ROW LEVEL SECURITY;
CREATE POLICY team ON shop.notes
  USING (EXISTS (SELECT FROM shop.memberships m WHERE m.person = current_user AND m.team = notes.team));
GRANT SELECT, INSERT, UPDATE, DELETE ON shop.notes TO order_users;
CREATE TABLE shop.lines (order_id bigint NOT NULL REFERENCES shop.orders ON DELETE CASCADE, number int, what text, PRIMARY KEY (order_id, number));
ALTER TABLE shop.lines ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_own_order ON shop.lines USING (order_id IN (SELECT o.id FROM shop.orders o));
GRANT SELECT, INSERT, UPDATE, DELETE ON shop.lines TO order_users;
CREATE FUNCTION shop.sees(bigint) RETURNS boolean STABLE LANGUAGE sql SET search_path = pg_catalog, pg_temp
  AS $$ SELECT EXISTS (SELECT FROM shop.orders WHERE id = $1) $$;
CREATE TABLE shop.parcels (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, order_id bigint NOT NULL REFERENCES shop.orders ON DELETE CASCADE, what text);
ALTER TABLE shop.parcels ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON shop.parcels USING ((SELECT shop.sees(order_id)));
GRANT SELECT, INSERT, UPDATE, DELETE ON shop.parcels TO order_users;
-- leak as alice@example.com
INSERT INTO shop.notes (team, post) VALUES (1, 2);
