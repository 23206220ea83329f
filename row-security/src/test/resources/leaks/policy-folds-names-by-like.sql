-- finding: policy-folds-names shop.orders policy own
-- people: b_b@example.com
CREATE ROLE "b_b@example.com" LOGIN IN ROLE order_users;
ALTER POLICY own ON shop.orders USING (owner LIKE current_user);
-- leak as b_b@example.com
SELECT item FROM shop.orders WHERE item = 'secret';
