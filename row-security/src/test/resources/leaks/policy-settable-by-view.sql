-- finding: policy-settable shop.orders policy own
CREATE VIEW shop.me AS SELECT current_setting('app.person', true) AS person;
GRANT SELECT ON shop.me TO order_users;
ALTER POLICY own ON shop.orders USING (owner IN (SELECT person FROM shop.me));
-- leak as alice@example.com
SET app.person = 'bob@example.com'; SELECT item FROM shop.orders WHERE item = 'secret';
