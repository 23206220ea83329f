-- finding: owner-by-chain role curators
-- people: alice@example.com
CREATE ROLE curators; GRANT curators TO "alice@example.com";
ALTER SCHEMA shop OWNER TO curators;
-- first as postgres
DROP TABLE shop.orders;
CREATE TABLE shop.orders (item text, owner text DEFAULT current_user);
GRANT INSERT ON shop.orders TO order_users;
-- first as alice@example.com
DROP TABLE shop.orders;
CREATE TABLE shop.orders (item text, owner text DEFAULT current_user);
GRANT INSERT ON shop.orders TO PUBLIC;
-- first as bob@example.com
INSERT INTO shop.orders (item) VALUES ('secret');
-- leak as alice@example.com
SELECT item FROM shop.orders WHERE item = 'secret';
