-- finding: view-without-check shop.breads
SET ROLE shop_owner;
CREATE VIEW shop.mine WITH (security_barrier) AS SELECT item, owner FROM shop.orders WHERE owner = current_user;
CREATE VIEW shop.breads WITH (security_barrier) AS
  SELECT item, owner FROM shop.mine WHERE item LIKE 'b%' WITH LOCAL CHECK OPTION;
GRANT SELECT, INSERT ON shop.breads TO order_users;
RESET ROLE;
-- leak as alice@example.com
INSERT INTO shop.breads VALUES ('bait', 'bob@example.com');
