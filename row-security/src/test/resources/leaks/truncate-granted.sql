-- finding: truncate-granted shop.orders
GRANT TRUNCATE ON shop.orders TO order_users;
-- leak as alice@example.com
TRUNCATE shop.orders;
SELECT 'all gone';
