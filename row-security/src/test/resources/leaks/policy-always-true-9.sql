-- finding: policy-always-true shop.orders policy everybody
CREATE POLICY everybody ON shop.orders TO order_users USING (CASE WHEN 2 > 1 THEN true ELSE owner = current_user END);
-- leak as alice@example.com
SELECT item FROM shop.orders WHERE item = 'secret';
