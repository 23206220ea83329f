-- A permissive policy lets everybody at everything, and restrictive ones take away what is not theirs, each in another way.
DROP POLICY own ON shop.orders;
CREATE POLICY base ON shop.orders USING (true);
CREATE POLICY own ON shop.orders AS RESTRICTIVE TO order_users USING (owner = current_user);
CREATE TABLE shop.lines (order_id bigint NOT NULL, number int, what text);
ALTER TABLE shop.lines ENABLE ROW LEVEL SECURITY;
CREATE POLICY base ON shop.lines USING (1 = 1);
CREATE POLICY of_own_order ON shop.lines AS RESTRICTIVE USING (EXISTS (SELECT FROM shop.orders o WHERE o.id = order_id));
CREATE TABLE shop.notes (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), owner text NOT NULL DEFAULT current_user, published bool NOT NULL DEFAULT false);
ALTER TABLE shop.notes ENABLE ROW LEVEL SECURITY;
CREATE POLICY base ON shop.notes USING (true);
CREATE POLICY reading ON shop.notes AS RESTRICTIVE FOR SELECT USING (owner = current_user OR published);
CREATE POLICY adding ON shop.notes AS RESTRICTIVE FOR INSERT WITH CHECK (owner = current_user);
CREATE POLICY changing ON shop.notes AS RESTRICTIVE FOR UPDATE USING (owner = current_user);
CREATE POLICY removing ON shop.notes AS RESTRICTIVE FOR DELETE USING (owner = current_user);
GRANT SELECT, INSERT, UPDATE, DELETE ON shop.lines, shop.notes TO order_users;
INSERT INTO shop.notes (owner) VALUES ('bob@example.com');
-- leak as alice@example.com
SELECT item FROM shop.orders WHERE item = 'secret' UNION ALL SELECT owner FROM shop.notes WHERE owner <> current_user;
