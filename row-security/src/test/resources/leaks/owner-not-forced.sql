-- finding: owner-not-forced shop.orders
-- people: shop_app
CREATE ROLE shop_app LOGIN;
GRANT CREATE, USAGE ON SCHEMA shop TO shop_app;
ALTER TABLE shop.orders OWNER TO shop_app;
REVOKE CREATE ON SCHEMA shop FROM shop_app;
-- leak as shop_app
SELECT item FROM shop.orders;
