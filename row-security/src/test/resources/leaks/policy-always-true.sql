-- finding: policy-always-true shop.orders policy everybody
CREATE POLICY everybody ON shop.orders FOR SELECT TO order_users USING (true);
-- leak as alice@example.com
SELECT item FROM shop.orders WHERE item = 'secret';
