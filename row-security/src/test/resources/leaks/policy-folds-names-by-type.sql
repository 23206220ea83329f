-- finding: policy-folds-names shop.orders policy own
-- people: BOB@example.com
CREATE EXTENSION citext;
CREATE ROLE "BOB@example.com" LOGIN IN ROLE order_users;
DROP POLICY own ON shop.orders;
ALTER TABLE shop.orders ALTER owner TYPE citext;
CREATE POLICY own ON shop.orders USING (owner = current_user::text::citext);
-- leak as BOB@example.com
SELECT item FROM shop.orders WHERE item = 'secret';
