-- finding: view-runs-as-owner shop.sorted
SET ROLE shop_owner;
CREATE VIEW shop.sorted AS SELECT item FROM shop.orders WHERE item <> '' ORDER BY (owner = current_user);
GRANT SELECT ON shop.sorted TO order_users;
RESET ROLE;
-- leak as alice@example.com
SELECT item FROM shop.sorted WHERE item = 'secret';
