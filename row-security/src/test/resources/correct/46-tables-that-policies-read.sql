-- Policies look up what people write themselves, and nobody gets by that at what is not theirs.
-- shares: whose order it is gives it
SET ROLE shop_owner;
CREATE TABLE shop.shares (order_id bigint, person text, granted_by text NOT NULL DEFAULT current_user, PRIMARY KEY (granted_by, person, order_id));
ALTER TABLE shop.shares ENABLE ROW LEVEL SECURITY;
CREATE FUNCTION shop.is_mine(bigint) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
  AS 'SELECT EXISTS (SELECT FROM shop.orders o WHERE o.id = $1 AND o.owner = session_user)';
CREATE POLICY own ON shop.shares FOR SELECT USING (person = current_user OR shop.is_mine(order_id));
CREATE POLICY share ON shop.shares FOR INSERT WITH CHECK (granted_by = current_user AND shop.is_mine(order_id));
GRANT SELECT, INSERT ON shop.shares TO order_users;
CREATE POLICY shared ON shop.orders FOR SELECT USING (id IN (SELECT s.order_id FROM shop.shares s WHERE s.person = current_user));
RESET ROLE;
-- lines of one's own orders, whose number nobody else can have
CREATE TABLE shop.lines (order_id bigint NOT NULL REFERENCES shop.orders ON DELETE CASCADE, number int, what text, PRIMARY KEY (order_id, number));
ALTER TABLE shop.lines ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_own_order ON shop.lines USING (EXISTS (SELECT FROM shop.orders o WHERE o.id = order_id AND o.owner = current_user));
GRANT SELECT, INSERT, UPDATE, DELETE ON shop.lines TO order_users;
-- who may post, say admins; a name of one's own in the team each may write
CREATE ROLE admins;
CREATE TABLE shop.memberships (person text, team int, nickname text, PRIMARY KEY (person, team));
ALTER TABLE shop.memberships ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON shop.memberships FOR SELECT USING (person = current_user);
CREATE POLICY naming ON shop.memberships FOR UPDATE USING (person = current_user);
CREATE POLICY admission ON shop.memberships FOR INSERT WITH CHECK (person = current_user AND (SELECT pg_has_role(current_user, 'admins', 'member')));
GRANT SELECT, INSERT, UPDATE (nickname) ON shop.memberships TO order_users;
CREATE TABLE shop.posts (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, team int NOT NULL, words text NOT NULL);
ALTER TABLE shop.posts ENABLE ROW LEVEL SECURITY;
CREATE POLICY team ON shop.posts USING (team IN (SELECT m.team FROM shop.memberships m WHERE m.person = current_user));
GRANT SELECT ON shop.posts TO order_users;
INSERT INTO shop.posts (team, words) VALUES (7, 'secret');
-- what one has hidden, and what one wants to see of one's own
CREATE TABLE shop.hidden (person text DEFAULT current_user, post int, PRIMARY KEY (person, post));
ALTER TABLE shop.hidden ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON shop.hidden USING (person = current_user);
GRANT SELECT, INSERT, DELETE ON shop.hidden TO order_users;
ALTER POLICY team ON shop.posts USING (team IN (SELECT m.team FROM shop.memberships m WHERE m.person = current_user)
  AND NOT EXISTS (SELECT FROM shop.hidden h WHERE h.person = current_user AND h.post = posts.id));
CREATE TABLE shop.preferences (person text PRIMARY KEY DEFAULT current_user, drafts bool NOT NULL DEFAULT false);
ALTER TABLE shop.preferences ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON shop.preferences USING (person = current_user);
GRANT SELECT, INSERT, UPDATE ON shop.preferences TO order_users;
ALTER POLICY own ON shop.orders USING (owner = current_user AND (item <> 'draft' OR (SELECT p.drafts FROM shop.preferences p WHERE p.person = current_user)));
-- teams that one joins by oneself, and rows of which one sees one's own there
CREATE TABLE shop.joined (person text DEFAULT current_user, team int, PRIMARY KEY (person, team));
ALTER TABLE shop.joined ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON shop.joined USING (person = current_user);
GRANT SELECT, INSERT ON shop.joined TO order_users;
CREATE TABLE shop.notes (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), owner text NOT NULL DEFAULT current_user, team int);
ALTER TABLE shop.notes ENABLE ROW LEVEL SECURITY;
CREATE POLICY joined ON shop.notes USING (team IN (SELECT j.team FROM shop.joined j WHERE j.person = current_user));
CREATE POLICY own ON shop.notes AS RESTRICTIVE USING (owner = current_user);
GRANT SELECT, INSERT ON shop.notes TO order_users;
-- leak as alice@example.com
SELECT words FROM shop.posts UNION ALL SELECT item FROM shop.orders WHERE item = 'secret';
