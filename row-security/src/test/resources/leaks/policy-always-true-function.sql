-- finding: policy-always-true shop.orders policy everybody
CREATE FUNCTION shop.yes() RETURNS bool STABLE LANGUAGE sql SET search_path = pg_catalog, pg_temp AS 'SELECT true';
CREATE POLICY everybody ON shop.orders TO order_users USING (shop.yes());
-- leak as alice@example.com
SELECT item FROM shop.orders WHERE item = 'secret';
