-- New rows are held to who writes them, each time in another way.
CREATE ROLE admins;
CREATE TABLE shop.teams (team int, person text, PRIMARY KEY (person, team));
ALTER TABLE shop.teams ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON shop.teams FOR SELECT USING (person = current_user);
GRANT SELECT ON shop.teams TO order_users;
INSERT INTO shop.teams VALUES (1, 'alice@example.com'), (2, 'bob@example.com');
ALTER TABLE shop.orders ADD team int, ADD reviewer text, ADD status text NOT NULL DEFAULT 'draft';
ALTER POLICY own ON shop.orders USING (owner = current_user)
  WITH CHECK (owner = current_user AND (team IS NULL OR team IN (SELECT t.team FROM shop.teams t WHERE t.person = current_user)));
CREATE POLICY administration ON shop.orders FOR INSERT
  WITH CHECK (owner = current_user OR (SELECT pg_has_role(current_user, 'admins', 'member')));
CREATE POLICY correction ON shop.orders FOR UPDATE USING (owner = current_user)
  WITH CHECK (status <> '' AND (owner = current_user OR current_user = 'admin@example.com'));
CREATE POLICY review ON shop.orders FOR UPDATE USING (reviewer = current_user AND owner <> current_user)
  WITH CHECK (reviewer = current_user AND owner <> current_user AND status IN ('accepted', 'refused'));
CREATE POLICY everybodys ON shop.orders FOR INSERT WITH CHECK (owner = current_user OR owner = 'everybody');
CREATE POLICY negated ON shop.orders FOR INSERT WITH CHECK (NOT (owner <> current_user) AND status IS NOT NULL);
CREATE POLICY among ON shop.orders FOR INSERT WITH CHECK (owner IN (current_user, 'everybody'));
CREATE POLICY row_wise ON shop.orders FOR INSERT WITH CHECK ((owner, status) = (current_user, 'draft'));
CREATE POLICY by_case ON shop.orders FOR INSERT WITH CHECK (CASE WHEN status = 'draft' THEN owner = current_user ELSE false END);
CREATE POLICY no_interns ON shop.orders AS RESTRICTIVE USING (current_user <> 'intern@example.com');
CREATE TABLE shop.rooms (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), members text[] NOT NULL, topic text);
ALTER TABLE shop.rooms ENABLE ROW LEVEL SECURITY;
CREATE POLICY members ON shop.rooms USING (members @> ARRAY[current_user::text])
  WITH CHECK (members @> ARRAY[current_user::text] AND topic <> '');
GRANT SELECT, INSERT, UPDATE, DELETE ON shop.rooms TO order_users;
-- leak as alice@example.com
INSERT INTO shop.orders (item, owner) VALUES ('planted', 'bob@example.com');
