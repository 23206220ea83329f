-- Views by which people write their own rows, and nobody else's.
SET ROLE shop_owner;
CREATE VIEW shop.mine WITH (security_barrier) AS SELECT id, item, owner FROM shop.orders WHERE owner = current_user WITH CHECK OPTION;
CREATE VIEW shop.items WITH (security_barrier) AS SELECT item FROM shop.orders WHERE owner = current_user;
GRANT SELECT, INSERT, UPDATE ON shop.mine, shop.items TO order_users;
CREATE VIEW shop.own WITH (security_barrier) AS SELECT item, owner AS who FROM shop.orders WHERE owner = current_user WITH LOCAL CHECK OPTION;
CREATE VIEW shop.breads WITH (security_barrier) AS SELECT item, who FROM shop.own WHERE item LIKE 'b%';
CREATE VIEW shop.kept WITH (security_barrier) AS SELECT item, owner FROM shop.orders WHERE owner = current_user;
CREATE VIEW shop.kept_breads WITH (security_barrier) AS SELECT item, owner FROM shop.kept WHERE item LIKE 'b%' WITH CHECK OPTION;
CREATE VIEW shop.kept_items WITH (security_barrier) AS SELECT item FROM shop.kept;
GRANT SELECT, INSERT, UPDATE ON shop.breads, shop.kept_breads, shop.kept_items TO order_users;
RESET ROLE;
-- leak as alice@example.com
INSERT INTO shop.breads (item, who) VALUES ('bait', 'bob@example.com');
