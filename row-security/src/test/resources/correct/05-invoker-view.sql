-- server: 15..
-- Views that ask as who asks.
CREATE VIEW shop.recent WITH (security_invoker = true) AS SELECT * FROM shop.orders WHERE id > 0;
CREATE VIEW shop.newest WITH (security_invoker) AS SELECT * FROM shop.recent LIMIT 1;
GRANT SELECT ON shop.recent, shop.newest TO order_users;
-- leak as alice@example.com
SELECT item FROM shop.recent WHERE item = 'secret';
