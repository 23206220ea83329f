-- finding: policy-always-true shop.orders policy everybody
CREATE POLICY everybody ON shop.orders FOR SELECT USING ((SELECT pg_has_role('order_users', 'MEMBER')));
-- leak as alice@example.com
SELECT item FROM shop.orders WHERE item = 'secret';
