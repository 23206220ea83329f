-- finding: policy-recursion shop.orders policy removing
DROP POLICY own ON shop.orders;
CREATE POLICY reading ON shop.orders FOR SELECT USING (owner = (SELECT current_user));
CREATE POLICY removing ON shop.orders FOR DELETE
  USING (EXISTS (SELECT FROM shop.orders o WHERE o.item = 'master' AND o.owner = current_user));
REVOKE INSERT, UPDATE ON shop.orders FROM order_users;
-- leak as alice@example.com by error 42P17
DELETE FROM shop.orders WHERE item = 'bread';
