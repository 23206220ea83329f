-- finding: view-runs-as-owner shop.chain
SET ROLE shop_owner;
CREATE VIEW shop.chain WITH (security_barrier) AS
  WITH RECURSIVE r AS (
    SELECT o.id, o.item FROM shop.orders o WHERE o.owner = current_user
    UNION SELECT o.id, o.item FROM shop.orders o CROSS JOIN r)
  SELECT id, item FROM r;
GRANT SELECT ON shop.chain TO order_users;
RESET ROLE;
-- leak as alice@example.com
SELECT item FROM shop.chain WHERE item = 'secret';
