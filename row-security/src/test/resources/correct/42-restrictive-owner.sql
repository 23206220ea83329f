-- Whose a new row is, a restrictive policy says for all the others.
ALTER POLICY own ON shop.orders WITH CHECK (item <> '');
CREATE POLICY adding ON shop.orders FOR INSERT WITH CHECK (item <> '');
CREATE POLICY of_writer ON shop.orders AS RESTRICTIVE USING (owner = current_user);
-- leak as alice@example.com
UPDATE shop.orders SET owner = 'bob@example.com';
