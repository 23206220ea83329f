-- finding: view-runs-as-owner shop.joined
SET ROLE shop_owner;
CREATE VIEW shop.joined AS SELECT o.item FROM shop.orders o
  LEFT JOIN (SELECT id FROM shop.orders WHERE owner = current_user) mine ON mine.id = o.id;
GRANT SELECT ON shop.joined TO order_users;
RESET ROLE;
-- leak as alice@example.com
SELECT item FROM shop.joined WHERE item = 'secret';
