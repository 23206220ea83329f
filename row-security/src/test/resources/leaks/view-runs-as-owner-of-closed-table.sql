-- finding: view-runs-as-owner shop.pay
SET ROLE shop_owner;
CREATE TABLE shop.countries (code text PRIMARY KEY, name text);
CREATE TABLE shop.salaries (owner text NOT NULL, amount int, country text);
INSERT INTO shop.countries VALUES ('de', 'Germany');
INSERT INTO shop.salaries VALUES ('bob@example.com', 5000, 'de');
CREATE VIEW shop.pay AS SELECT c.name, s.* FROM shop.countries c JOIN shop.salaries s ON s.country = c.code;
GRANT SELECT ON shop.pay TO order_users;
RESET ROLE;
-- leak as alice@example.com
SELECT amount FROM shop.pay WHERE owner <> current_user;
