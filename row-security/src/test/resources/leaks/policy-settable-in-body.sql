-- finding: policy-settable shop.orders policy own
-- server: 14..
CREATE FUNCTION shop.who() RETURNS text STABLE LANGUAGE sql RETURN current_setting('app.person', true);
ALTER POLICY own ON shop.orders USING (owner = (SELECT shop.who()));
-- leak as alice@example.com
SET app.person = 'bob@example.com'; SELECT item FROM shop.orders WHERE item = 'secret';
