-- finding: owner-not-forced shop.orders
-- people: shop_app
CREATE ROLE shop_app LOGIN;
GRANT CREATE, USAGE ON SCHEMA shop TO shop_app;
ALTER TABLE shop.orders OWNER TO shop_app;
ALTER TABLE shop.orders FORCE ROW LEVEL SECURITY;
REVOKE CREATE ON SCHEMA shop FROM shop_app;
-- leak as shop_app
ALTER TABLE shop.orders NO FORCE ROW LEVEL SECURITY;
SELECT item FROM shop.orders;
