-- finding: row-given-away shop.orders policy changing
DROP POLICY own ON shop.orders;
CREATE POLICY reading ON shop.orders FOR SELECT USING (owner = current_user OR item = 'planted');
CREATE POLICY changing ON shop.orders FOR UPDATE USING (owner = current_user) WITH CHECK (NOT (owner = current_user));
-- leak as alice@example.com
UPDATE shop.orders SET owner = 'bob@example.com', item = 'planted';
