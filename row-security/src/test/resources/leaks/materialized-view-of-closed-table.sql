-- finding: materialized-view shop.pay
SET ROLE shop_owner;
CREATE TABLE shop.salaries (owner text NOT NULL, amount int);
INSERT INTO shop.salaries VALUES ('bob@example.com', 5000);
CREATE MATERIALIZED VIEW shop.pay AS SELECT * FROM shop.salaries;
GRANT SELECT ON shop.pay TO order_users;
RESET ROLE;
-- leak as alice@example.com
SELECT amount FROM shop.pay WHERE owner <> current_user;
