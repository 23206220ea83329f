-- finding: policy-nearly-true shop.orders policy own
SET ROLE shop_owner;
ALTER POLICY own ON shop.orders USING (owner = current_user AND trim(both ' ' from item) <> '' OR item <> '');
RESET ROLE;
-- leak as alice@example.com shows secret
SELECT item FROM shop.orders;
