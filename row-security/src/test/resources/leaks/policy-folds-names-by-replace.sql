-- finding: policy-folds-names shop.orders policy own
-- people: bob@example.org
CREATE ROLE "bob@example.org" LOGIN IN ROLE order_users;
ALTER POLICY own ON shop.orders USING (replace(owner, '.com', '.org') = replace(current_user, '.com', '.org'));
-- leak as bob@example.org
SELECT item FROM shop.orders WHERE item = 'secret';
