-- finding: policy-always-true shop.orders policy everybody
CREATE POLICY everybody ON shop.orders TO order_users USING (length(current_user) > 0);
-- leak as alice@example.com
SELECT item FROM shop.orders WHERE item = 'secret';
