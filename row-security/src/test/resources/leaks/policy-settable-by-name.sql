-- finding: policy-settable shop.orders policy own
CREATE FUNCTION shop.who(parameter text) RETURNS text STABLE LANGUAGE sql AS $$ SELECT current_setting(parameter, true) $$;
ALTER POLICY own ON shop.orders USING (owner = (SELECT shop.who('app.person')));
-- leak as alice@example.com
SET app.person = 'bob@example.com'; SELECT item FROM shop.orders WHERE item = 'secret';
