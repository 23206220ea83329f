-- finding: view-runs-as-owner shop.totals
-- server: 15..
SET ROLE shop_owner;
CREATE VIEW shop.totals AS SELECT count(*) AS all_orders FROM shop.orders;
GRANT SELECT ON shop.totals TO order_users;
RESET ROLE;
-- leak as alice@example.com shows 2
SELECT all_orders FROM shop.totals;
