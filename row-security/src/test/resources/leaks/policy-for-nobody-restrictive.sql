-- finding: policy-for-nobody shop.orders policy not_secret
CREATE ROLE shoppers;
INSERT INTO shop.orders (item, owner) VALUES ('secret of the house', 'alice@example.com');
CREATE POLICY not_secret ON shop.orders AS RESTRICTIVE TO shoppers USING (item NOT LIKE 'secret%');
-- leak as alice@example.com
SELECT item FROM shop.orders WHERE item LIKE 'secret%';
