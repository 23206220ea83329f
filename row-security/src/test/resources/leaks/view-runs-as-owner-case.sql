-- finding: view-runs-as-owner shop.cased
SET ROLE shop_owner;
CREATE VIEW shop.cased AS SELECT item FROM shop.orders
  WHERE CASE WHEN owner = current_user THEN true ELSE item <> '' END;
GRANT SELECT ON shop.cased TO order_users;
RESET ROLE;
-- leak as alice@example.com
SELECT item FROM shop.cased WHERE item = 'secret';
