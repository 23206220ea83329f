-- finding: policy-folds-names shop.orders policy own
-- people: bob
CREATE ROLE bob LOGIN IN ROLE order_users;
ALTER POLICY own ON shop.orders USING (starts_with(owner, current_user));
-- leak as bob
SELECT item FROM shop.orders WHERE item = 'secret';
