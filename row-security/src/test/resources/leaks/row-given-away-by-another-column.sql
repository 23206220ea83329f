-- finding: row-given-away shop.orders policy own
ALTER TABLE shop.orders ADD editor text NOT NULL DEFAULT current_user;
ALTER POLICY own ON shop.orders WITH CHECK (editor = current_user);
-- leak as alice@example.com
UPDATE shop.orders SET owner = 'bob@example.com', item = 'planted', editor = 'alice@example.com';
