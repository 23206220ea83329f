-- finding: child-without-rls shop.old_orders
SET ROLE shop_owner;
CREATE TABLE shop.old_orders () INHERITS (shop.orders);
INSERT INTO shop.old_orders (id, item, owner) VALUES (7, 'secret', 'bob@example.com');
GRANT SELECT ON shop.old_orders TO order_users;
RESET ROLE;
-- leak as alice@example.com
SELECT item FROM shop.old_orders WHERE item = 'secret';
