-- finding: view-runs-as-owner shop.prices_now
SET ROLE shop_owner;
CREATE TABLE shop.prices (item text PRIMARY KEY, price int);
INSERT INTO shop.prices VALUES ('bread', 3);
CREATE VIEW shop.prices_now AS SELECT * FROM shop.prices;
GRANT SELECT ON shop.prices_now TO order_users;
RESET ROLE;
-- leak as alice@example.com
SELECT price FROM shop.prices_now;
