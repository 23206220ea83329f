-- finding: policy-settable shop.orders policy own
ALTER POLICY own ON shop.orders USING (owner = current_setting('app.person', true));
-- leak as alice@example.com
SET app.person = 'bob@example.com'; SELECT item FROM shop.orders WHERE item = 'secret';
