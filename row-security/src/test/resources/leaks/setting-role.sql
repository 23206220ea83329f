-- finding: setting-role role "alice@example.com"
-- people: alice@example.com
CREATE ROLE till; GRANT order_users TO till; GRANT till TO "alice@example.com";
ALTER ROLE "alice@example.com" SET role = 'till';
INSERT INTO shop.orders (item, owner) VALUES ('secret of all tills', 'till');
-- leak as alice@example.com
SELECT item FROM shop.orders WHERE item LIKE 'secret%';
