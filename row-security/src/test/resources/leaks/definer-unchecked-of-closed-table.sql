-- finding: definer-unchecked function shop.pay()
SET ROLE shop_owner;
CREATE TABLE shop.salaries (owner text NOT NULL, amount int);
INSERT INTO shop.salaries VALUES ('bob@example.com', 5000);
CREATE FUNCTION shop.pay() RETURNS SETOF shop.salaries LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
  AS 'SELECT * FROM shop.salaries';
RESET ROLE;
-- leak as alice@example.com
SELECT amount FROM shop.pay() WHERE owner <> current_user;
