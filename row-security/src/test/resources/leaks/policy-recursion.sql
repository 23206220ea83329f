-- finding: policy-recursion shop.orders policy same_item
CREATE POLICY same_item ON shop.orders FOR SELECT
  USING (item IN (SELECT o.item FROM shop.orders o WHERE o.owner = current_user));
-- leak as alice@example.com by error 42P17
SELECT item FROM shop.orders;
