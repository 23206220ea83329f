-- Rights on single columns: what was ordered can be changed, and whose it is can not.
REVOKE INSERT, UPDATE ON shop.orders FROM order_users;
GRANT INSERT (item), UPDATE (item) ON shop.orders TO order_users;
-- leak as alice@example.com
UPDATE shop.orders SET item = 'x' WHERE item = 'secret';
