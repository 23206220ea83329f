-- finding: view-runs-as-owner shop.together
SET ROLE shop_owner;
CREATE VIEW shop.together AS
  SELECT item FROM shop.orders WHERE owner = current_user UNION ALL SELECT item FROM shop.orders WHERE owner <> current_user;
GRANT SELECT ON shop.together TO order_users;
RESET ROLE;
-- leak as alice@example.com
SELECT item FROM shop.together WHERE item = 'secret';
