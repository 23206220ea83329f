-- finding: policy-always-true shop.orders policy everybody
CREATE ROLE staff;
GRANT staff TO order_users;
CREATE POLICY everybody ON shop.orders USING (pg_has_role(current_user, 'staff', 'USAGE'));
-- leak as alice@example.com
SELECT item FROM shop.orders WHERE item = 'secret';
