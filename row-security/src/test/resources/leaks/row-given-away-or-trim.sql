-- finding: row-given-away shop.orders policy own
SET ROLE shop_owner;
ALTER POLICY own ON shop.orders USING (owner = current_user) WITH CHECK (owner = current_user OR trim(both ' ' from item) <> '' );
RESET ROLE;
-- leak as alice@example.com
UPDATE shop.orders SET owner = 'bob@example.com';
