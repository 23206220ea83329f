-- finding: view-without-check shop.mine
SET ROLE shop_owner;
CREATE VIEW shop.mine WITH (security_barrier) AS SELECT item, owner AS who FROM shop.orders WHERE owner = current_user;
GRANT SELECT, INSERT ON shop.mine TO order_users;
RESET ROLE;
-- leak as alice@example.com
INSERT INTO shop.mine (item, who) VALUES ('planted', 'bob@example.com');
