-- finding: row-taken shop.orders policy changing
DROP POLICY own ON shop.orders;
CREATE POLICY reading ON shop.orders FOR SELECT USING (owner = current_user OR item = 'secret');
CREATE POLICY changing ON shop.orders FOR UPDATE USING (item <> '') WITH CHECK (owner = current_user);
CREATE POLICY no_interns ON shop.orders AS RESTRICTIVE USING (current_user <> 'intern@example.com');
-- leak as alice@example.com
UPDATE shop.orders SET owner = current_user WHERE item = 'secret';
