-- finding: view-without-check shop.mine
SET ROLE shop_owner;
CREATE TABLE shop.items (name text);
INSERT INTO shop.items VALUES ('bread'), ('secret'), ('planted');
CREATE VIEW shop.mine WITH (security_barrier) AS SELECT id, item, owner FROM shop.orders WHERE owner = current_user AND item IN (SELECT DISTINCT name FROM shop.items);
GRANT SELECT, INSERT ON shop.mine TO order_users;
RESET ROLE;
-- leak as alice@example.com
INSERT INTO shop.mine (item, owner) VALUES ('planted', 'bob@example.com');
