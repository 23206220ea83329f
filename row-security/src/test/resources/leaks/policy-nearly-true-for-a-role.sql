-- finding: policy-nearly-true shop.orders policy own
ALTER POLICY own ON shop.orders USING (owner = current_user OR (SELECT pg_has_role('order_users', 'MEMBER')));
-- leak as alice@example.com
SELECT item FROM shop.orders WHERE item = 'secret';
