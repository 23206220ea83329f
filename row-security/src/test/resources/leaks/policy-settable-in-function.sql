-- finding: policy-settable shop.orders policy own
CREATE FUNCTION shop.tenant() RETURNS int STABLE LANGUAGE sql AS $$ SELECT current_setting('app.tenant', true)::int $$;
ALTER TABLE shop.orders ADD tenant int DEFAULT 1;
ALTER POLICY own ON shop.orders USING (tenant = (SELECT shop.tenant()));
-- leak as alice@example.com
SET app.tenant = 1; SELECT item FROM shop.orders WHERE item = 'secret';
