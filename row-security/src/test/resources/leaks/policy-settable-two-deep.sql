-- finding: policy-settable shop.orders policy own
CREATE FUNCTION shop.inner_who() RETURNS text STABLE LANGUAGE sql AS $$ SELECT current_setting('app.person', true) $$;
CREATE FUNCTION shop.who() RETURNS text STABLE LANGUAGE sql AS $$ SELECT shop.inner_who() $$;
ALTER POLICY own ON shop.orders USING (owner = (SELECT shop.who()));
-- leak as alice@example.com
SET app.person = 'bob@example.com'; SELECT item FROM shop.orders WHERE item = 'secret';
