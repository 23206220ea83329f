-- finding: policy-always-true shop.orders policy own
SET ROLE shop_owner;
ALTER POLICY own ON shop.orders USING (true);
CREATE POLICY members ON shop.orders AS RESTRICTIVE
  USING (pg_has_role('order_users', 'member') AND (owner = current_user OR pg_has_role('order_users', 'usage')));
RESET ROLE;
-- leak as alice@example.com shows secret
SELECT item FROM shop.orders;
