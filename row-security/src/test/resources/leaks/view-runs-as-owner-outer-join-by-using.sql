-- finding: view-runs-as-owner shop.orders_with_people
SET ROLE shop_owner;
CREATE TABLE shop.people (id bigint, person text);
CREATE VIEW shop.orders_with_people WITH (security_barrier) AS
  SELECT o.id, o.item FROM shop.orders o LEFT JOIN (SELECT id, person FROM shop.people WHERE person = current_user) t USING (id);
GRANT SELECT ON shop.orders_with_people TO order_users;
RESET ROLE;
-- leak as alice@example.com
SELECT item FROM shop.orders_with_people WHERE item = 'secret';
