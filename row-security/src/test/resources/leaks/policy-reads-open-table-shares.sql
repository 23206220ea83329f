-- finding: policy-reads-open-table shop.orders policy shared
CREATE TABLE shop.shares (order_id bigint, person text, granted_by text DEFAULT current_user, PRIMARY KEY (order_id, person));
ALTER TABLE shop.shares ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON shop.shares FOR SELECT USING (person = current_user);
CREATE POLICY share ON shop.shares FOR INSERT WITH CHECK (granted_by = current_user);
GRANT SELECT, INSERT ON shop.shares TO order_users;
CREATE POLICY shared ON shop.orders FOR SELECT
  USING (id IN (SELECT s.order_id FROM shop.shares s WHERE s.person = current_user));
-- leak as alice@example.com
INSERT INTO shop.shares VALUES (2, 'alice@example.com');
SELECT item FROM shop.orders WHERE item = 'secret';
