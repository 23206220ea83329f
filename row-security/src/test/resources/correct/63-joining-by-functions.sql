-- Functions of the owner's by which people come to be in a team: a new one, one that has invited them, one that is open.
SET ROLE shop_owner;
CREATE TABLE shop.teams (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text, is_open boolean NOT NULL DEFAULT false);
ALTER TABLE shop.teams ENABLE ROW LEVEL SECURITY;
INSERT INTO shop.teams (name) VALUES ('one'), ('two');
CREATE TABLE shop.memberships (person text COLLATE "C", team int, role text NOT NULL DEFAULT 'member', PRIMARY KEY (person, team));
ALTER TABLE shop.memberships ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON shop.memberships FOR SELECT USING (person = current_user);
GRANT SELECT ON shop.memberships TO order_users;
CREATE TABLE shop.invitations (code text PRIMARY KEY, team int NOT NULL, person text NOT NULL);
ALTER TABLE shop.invitations ENABLE ROW LEVEL SECURITY;
CREATE TABLE shop.requests (person text, team int, PRIMARY KEY (person, team));
ALTER TABLE shop.requests ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON shop.requests FOR SELECT USING (person = current_user);
GRANT SELECT ON shop.requests TO order_users;
CREATE TABLE shop.posts (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, team int NOT NULL, words text);
CREATE INDEX ON shop.posts (team);
ALTER TABLE shop.posts ENABLE ROW LEVEL SECURITY;
CREATE POLICY team ON shop.posts USING (team = ANY (ARRAY (SELECT m.team FROM shop.memberships m WHERE m.person = current_user)));
GRANT SELECT ON shop.posts TO order_users;
INSERT INTO shop.posts (team, words) VALUES (2, 'secret');
CREATE FUNCTION shop.create_team(named text) RETURNS int SECURITY DEFINER LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE made int; BEGIN
  INSERT INTO shop.teams (name) VALUES (named) RETURNING id INTO made;
  INSERT INTO shop.memberships (person, team, role) VALUES (session_user, made, 'owner');
  RETURN made;
END $$;
CREATE FUNCTION shop.accept(with_code text) RETURNS void SECURITY DEFINER LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE it shop.invitations; BEGIN
  SELECT * INTO it FROM shop.invitations i WHERE i.code = with_code AND i.person = session_user;
  IF NOT FOUND THEN RAISE EXCEPTION 'no'; END IF;
  INSERT INTO shop.memberships (person, team) VALUES (session_user, it.team);
END $$;
CREATE FUNCTION shop.join_open(which int) RETURNS void SECURITY DEFINER LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM shop.teams t WHERE t.id = which AND t.is_open) THEN RAISE EXCEPTION 'no'; END IF;
  INSERT INTO shop.memberships (person, team) VALUES (session_user, which);
END $$;
CREATE FUNCTION shop.ask_to_join(which int) RETURNS void SECURITY DEFINER LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
  INSERT INTO shop.requests (person, team) VALUES (session_user, which) $$;
RESET ROLE;
-- first as alice@example.com
SELECT shop.ask_to_join(2), shop.create_team('mine');
-- leak as alice@example.com
SELECT words FROM shop.posts;
