-- finding: policy-always-true shop.orders policy everybody
CREATE POLICY everybody ON shop.orders TO order_users USING (lower(owner) = lower(owner));
-- leak as alice@example.com
SELECT item FROM shop.orders WHERE item = 'secret';
