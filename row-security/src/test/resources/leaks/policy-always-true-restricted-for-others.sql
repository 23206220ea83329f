-- finding: policy-always-true shop.orders policy base
CREATE ROLE careful; GRANT careful TO "bob@example.com";
CREATE POLICY base ON shop.orders USING (true);
CREATE POLICY only_own ON shop.orders AS RESTRICTIVE TO careful USING (owner = current_user);
-- leak as alice@example.com
SELECT item FROM shop.orders WHERE item = 'secret';
