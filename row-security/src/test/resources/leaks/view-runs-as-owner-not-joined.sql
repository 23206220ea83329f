-- finding: view-runs-as-owner shop.of_members
SET ROLE shop_owner;
CREATE TABLE shop.members (person text); INSERT INTO shop.members VALUES ('alice@example.com');
CREATE VIEW shop.of_members AS SELECT o.item FROM shop.orders o, shop.members m WHERE m.person = current_user;
GRANT SELECT ON shop.of_members TO order_users;
RESET ROLE;
-- leak as alice@example.com
SELECT item FROM shop.of_members WHERE item = 'secret';
