-- finding: row-given-away shop.orders policy own
ALTER POLICY own ON shop.orders WITH CHECK (item <> '');
CREATE POLICY staff ON shop.orders AS RESTRICTIVE USING (pg_has_role(current_user, 'order_users', 'member'));
-- leak as alice@example.com
UPDATE shop.orders SET owner = 'bob@example.com', item = 'planted';
