-- finding: policy-reads-open-table shop.posts policy team
SET ROLE shop_owner;
CREATE TABLE shop.memberships (person text COLLATE "C", team int, since timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (person, team));
ALTER TABLE shop.memberships ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON shop.memberships FOR SELECT USING (person = current_user);
GRANT SELECT ON shop.memberships TO order_users;
CREATE TABLE shop.posts (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, team int NOT NULL, words text);
CREATE INDEX ON shop.posts (team);
ALTER TABLE shop.posts ENABLE ROW LEVEL SECURITY;
CREATE POLICY team ON shop.posts USING (team = ANY (ARRAY (SELECT m.team FROM shop.memberships m WHERE m.person = current_user)));
GRANT SELECT ON shop.posts TO order_users;
INSERT INTO shop.posts (team, words) VALUES (2, 'secret');
CREATE FUNCTION shop.join_team(which int) RETURNS timestamptz SECURITY DEFINER LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE me text := session_user; at timestamptz; BEGIN
  INSERT INTO shop.memberships (person, team) VALUES (me, which) ON CONFLICT DO NOTHING RETURNING since INTO at;
  RETURN at;
END $$;
RESET ROLE;
-- leak as alice@example.com
SELECT shop.join_team(2);
SELECT words FROM shop.posts;
