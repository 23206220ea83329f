-- Who asks to join waits for somebody to say yes; a role that a trigger keeps.
SET ROLE shop_owner;
CREATE TABLE shop.memberships (person text NOT NULL DEFAULT current_user, team int NOT NULL, approved boolean NOT NULL DEFAULT false, PRIMARY KEY (person, team));
ALTER TABLE shop.memberships ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON shop.memberships FOR SELECT USING (person = current_user);
CREATE POLICY joining ON shop.memberships FOR INSERT WITH CHECK (person = current_user);
GRANT SELECT, INSERT (person, team) ON shop.memberships TO order_users;
CREATE TABLE shop.profiles (name text PRIMARY KEY, role text NOT NULL DEFAULT 'member', words text);
ALTER TABLE shop.profiles ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON shop.profiles USING (name = current_user);
GRANT SELECT, UPDATE ON shop.profiles TO order_users;
CREATE FUNCTION shop.keep_role() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.role := OLD.role; RETURN NEW; END $$;
CREATE TRIGGER keep_role BEFORE UPDATE ON shop.profiles FOR EACH ROW EXECUTE FUNCTION shop.keep_role();
CREATE TABLE shop.posts (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, team int NOT NULL, kind text, words text NOT NULL);
CREATE INDEX ON shop.posts (team);
CREATE INDEX ON shop.posts (kind);
ALTER TABLE shop.posts ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON shop.posts TO order_users;
INSERT INTO shop.posts (team, words) VALUES (7, 'secret');
CREATE POLICY team ON shop.posts USING (team IN (SELECT m.team FROM shop.memberships m WHERE m.person = current_user AND m.approved));
CREATE POLICY kinds ON shop.posts USING (kind IN (SELECT p.role FROM shop.profiles p WHERE p.name = current_user));
RESET ROLE;
-- leak as alice@example.com
INSERT INTO shop.memberships (team) VALUES (7);
SELECT words FROM shop.posts;
