-- finding: view-runs-as-owner shop.some
SET ROLE shop_owner;
CREATE VIEW shop.some WITH (security_barrier) AS SELECT o.item FROM shop.orders o WHERE o.owner = current_user OR (string_to_array(o.item, ','))[1:2] <> '{}';
GRANT SELECT ON shop.some TO order_users;
RESET ROLE;
-- leak as alice@example.com shows secret
SELECT item FROM shop.some;
