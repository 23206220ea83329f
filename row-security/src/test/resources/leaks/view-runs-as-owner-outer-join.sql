-- finding: view-runs-as-owner shop.joined
SET ROLE shop_owner;
CREATE VIEW shop.joined AS SELECT o.item FROM shop.orders o
  LEFT JOIN shop.orders mine ON mine.owner = current_user AND mine.id = o.id;
GRANT SELECT ON shop.joined TO order_users;
RESET ROLE;
-- leak as alice@example.com
SELECT item FROM shop.joined WHERE item = 'secret';
