-- finding: unique-probing shop.orders constraint orders_item_key
ALTER TABLE shop.orders ADD UNIQUE (item);
REVOKE INSERT, UPDATE ON shop.orders FROM order_users; GRANT UPDATE (item) ON shop.orders TO order_users;
-- leak as alice@example.com by error 23505
UPDATE shop.orders SET item = 'secret';
