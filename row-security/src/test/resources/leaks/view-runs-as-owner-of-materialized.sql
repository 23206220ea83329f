-- finding: view-runs-as-owner shop.pay
SET ROLE shop_owner;
CREATE MATERIALIZED VIEW shop.kept AS SELECT * FROM shop.orders;
CREATE VIEW shop.pay AS SELECT item FROM shop.kept;
GRANT SELECT ON shop.pay TO order_users;
RESET ROLE;
-- leak as alice@example.com
SELECT item FROM shop.pay WHERE item = 'secret';
