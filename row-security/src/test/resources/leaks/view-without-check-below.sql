-- finding: view-without-check shop.own_items
SET ROLE shop_owner;
CREATE VIEW shop.mine WITH (security_barrier) AS SELECT item, owner AS who FROM shop.orders WHERE owner = current_user;
CREATE VIEW shop.own_items WITH (security_barrier) AS SELECT who AS author, item FROM shop.mine;
GRANT SELECT, INSERT (item), UPDATE (author) ON shop.own_items TO order_users;
RESET ROLE;
-- leak as alice@example.com
UPDATE shop.own_items SET author = 'bob@example.com';
