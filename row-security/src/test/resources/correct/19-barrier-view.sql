-- A view that shows people their own, of a table that is not granted.
SET ROLE shop_owner;
CREATE TABLE shop.salaries (person text, amount int);
INSERT INTO shop.salaries VALUES ('bob@example.com', 1);
CREATE VIEW shop.my_salary WITH (security_barrier) AS SELECT amount FROM shop.salaries WHERE person = current_user;
GRANT SELECT ON shop.my_salary TO order_users;
RESET ROLE;
-- leak as alice@example.com
SELECT amount FROM shop.my_salary;
