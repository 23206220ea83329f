-- Views by which people write their own rows, and nobody else's.
SET ROLE shop_owner;
CREATE VIEW shop.mine WITH (security_barrier) AS SELECT id, item, owner FROM shop.orders WHERE owner = current_user WITH CHECK OPTION;
CREATE VIEW shop.items WITH (security_barrier) AS SELECT item FROM shop.orders WHERE owner = current_user;
GRANT SELECT, INSERT, UPDATE ON shop.mine, shop.items TO order_users;
RESET ROLE;
-- leak as alice@example.com
INSERT INTO shop.mine (item, owner) VALUES ('planted', 'bob@example.com');
