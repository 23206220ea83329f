-- finding: view-runs-as-owner shop.all_orders
-- server: 15
SET ROLE shop_owner;
CREATE VIEW shop.all_orders WITH (security_invoker = f) AS SELECT * FROM shop.orders;
GRANT SELECT ON shop.all_orders TO order_users;
RESET ROLE;
-- leak as alice@example.com
SELECT item FROM shop.all_orders WHERE item = 'secret';
