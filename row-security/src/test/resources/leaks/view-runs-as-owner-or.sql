-- finding: view-runs-as-owner shop.mostly
SET ROLE shop_owner;
CREATE VIEW shop.mostly AS SELECT item FROM shop.orders WHERE owner = current_user OR item <> '';
GRANT SELECT ON shop.mostly TO order_users;
RESET ROLE;
-- leak as alice@example.com
SELECT item FROM shop.mostly WHERE item = 'secret';
