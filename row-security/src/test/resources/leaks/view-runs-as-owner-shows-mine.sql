-- finding: view-runs-as-owner shop.marked
SET ROLE shop_owner;
CREATE VIEW shop.marked WITH (security_barrier) AS
  SELECT item, owner = current_user AS mine FROM shop.orders WHERE id > 0;
GRANT SELECT ON shop.marked TO order_users;
RESET ROLE;
-- leak as alice@example.com
SELECT item FROM shop.marked WHERE item = 'secret';
