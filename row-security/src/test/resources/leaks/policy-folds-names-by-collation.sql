-- finding: policy-folds-names shop.orders policy own
-- people: Alice@example.com, alice@example.com
CREATE ROLE "Alice@example.com" LOGIN IN ROLE order_users;
CREATE COLLATION shop.caseless (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
ALTER POLICY own ON shop.orders USING (owner = current_user::text COLLATE shop.caseless);
-- leak as Alice@example.com
SELECT item FROM shop.orders WHERE item = 'bread';
