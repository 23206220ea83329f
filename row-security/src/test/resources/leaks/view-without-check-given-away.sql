-- finding: view-without-check shop.mine
SET ROLE shop_owner;
CREATE TABLE shop.notes (words text, owner text);
INSERT INTO shop.notes VALUES ('hers', 'alice@example.com');
CREATE VIEW shop.mine WITH (security_barrier) AS SELECT words, owner FROM shop.notes WHERE owner = current_user;
GRANT SELECT, UPDATE ON shop.mine TO order_users;
RESET ROLE;
-- leak as alice@example.com
UPDATE shop.mine SET owner = 'bob@example.com';
