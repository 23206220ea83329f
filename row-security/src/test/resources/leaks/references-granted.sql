-- finding: references-granted shop.orders
CREATE SCHEMA scratch; GRANT USAGE, CREATE ON SCHEMA scratch TO "alice@example.com";
GRANT REFERENCES ON shop.orders TO order_users;
-- leak as alice@example.com
CREATE TABLE scratch.probe (id bigint REFERENCES shop.orders);
INSERT INTO scratch.probe VALUES (2);
