-- finding: policies-add-up shop.orders policy taken
CREATE POLICY taken ON shop.orders FOR UPDATE USING (owner = '') WITH CHECK (true);
-- leak as alice@example.com
UPDATE shop.orders SET owner = 'bob@example.com', item = 'planted';
