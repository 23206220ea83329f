-- finding: materialized-view shop.totals
SET ROLE shop_owner;
CREATE MATERIALIZED VIEW shop.totals AS SELECT count(*) AS all_orders FROM shop.orders;
GRANT SELECT ON shop.totals TO order_users;
RESET ROLE;
-- leak as alice@example.com shows 2
SELECT all_orders FROM shop.totals;
