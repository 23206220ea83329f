-- A helper that says who somebody is, made once for each query, with a fixed search path.
SET check_function_bodies = off;
CREATE FUNCTION shop.teams() RETURNS int[] STABLE SECURITY DEFINER LANGUAGE sql
  SET search_path = pg_catalog, pg_temp
  AS $$ SELECT coalesce(array_agg(team), '{}') FROM shop.memberships WHERE person = session_user $$;
CREATE TABLE shop.memberships (team int, person text);
ALTER TABLE shop.memberships ENABLE ROW LEVEL SECURITY;
CREATE TABLE shop.posts (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, team int, words text);
ALTER TABLE shop.posts ENABLE ROW LEVEL SECURITY;
CREATE POLICY team ON shop.posts USING (team = ANY ((SELECT shop.teams())::int[]));
GRANT SELECT, INSERT ON shop.posts TO order_users;
INSERT INTO shop.posts (team, words) VALUES (2, 'secret');
-- leak as alice@example.com
SELECT words FROM shop.posts;
