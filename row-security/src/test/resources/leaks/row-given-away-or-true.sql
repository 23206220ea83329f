-- finding: row-given-away shop.orders policy own
ALTER POLICY own ON shop.orders WITH CHECK (owner = current_user OR 1 = 1);
-- leak as alice@example.com
UPDATE shop.orders SET owner = 'bob@example.com', item = 'planted';
