-- finding: policy-folds-names shop.orders policy own
-- people: Bob@example.com
CREATE ROLE "Bob@example.com" LOGIN IN ROLE order_users;
ALTER POLICY own ON shop.orders USING (lower(owner) = (SELECT lower(current_user)));
-- leak as Bob@example.com
SELECT item FROM shop.orders WHERE item = 'secret';
