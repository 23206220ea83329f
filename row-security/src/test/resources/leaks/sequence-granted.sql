-- finding: sequence-granted shop.numbers
CREATE SEQUENCE shop.numbers;
GRANT USAGE, SELECT, UPDATE ON SEQUENCE shop.numbers TO order_users;
-- leak as alice@example.com
SELECT last_value FROM shop.numbers;
