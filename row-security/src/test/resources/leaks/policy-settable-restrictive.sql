-- finding: policy-settable shop.orders policy tenant
ALTER POLICY own ON shop.orders USING (owner <> '');
ALTER TABLE shop.orders ADD tenant text NOT NULL DEFAULT 'b';
CREATE POLICY tenant ON shop.orders AS RESTRICTIVE USING (tenant = current_setting('app.person', true));
-- leak as alice@example.com
SET app.person = 'b'; SELECT item FROM shop.orders WHERE item = 'secret';
