-- finding: trigger-copies-rows shop.orders rule keep
SET ROLE shop_owner;
CREATE TABLE shop.history (at timestamptz DEFAULT now(), item text);
GRANT SELECT ON shop.history TO order_users;
CREATE RULE keep AS ON UPDATE TO shop.orders DO ALSO INSERT INTO shop.history (item) VALUES (OLD.item);
RESET ROLE;
-- first as bob@example.com
UPDATE shop.orders SET item = 'secret';
-- leak as alice@example.com
SELECT item FROM shop.history WHERE item = 'secret';
