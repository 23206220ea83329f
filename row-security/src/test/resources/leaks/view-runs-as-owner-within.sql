-- finding: view-runs-as-owner shop.outermost
-- server: 15..
SET ROLE shop_owner;
CREATE VIEW shop.innermost AS SELECT * FROM shop.orders;
CREATE VIEW shop.middle WITH (security_invoker = true) AS SELECT * FROM shop.innermost;
CREATE VIEW shop.outermost WITH (security_invoker = true) AS SELECT * FROM shop.middle;
GRANT SELECT ON shop.outermost, shop.middle, shop.innermost TO order_users;
RESET ROLE;
-- leak as alice@example.com
SELECT item FROM shop.outermost WHERE item = 'secret';
