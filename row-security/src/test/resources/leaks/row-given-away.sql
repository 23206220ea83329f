-- finding: row-given-away shop.orders policy own
ALTER POLICY own ON shop.orders WITH CHECK (item <> '');
-- leak as alice@example.com
UPDATE shop.orders SET owner = 'bob@example.com', item = 'planted';
