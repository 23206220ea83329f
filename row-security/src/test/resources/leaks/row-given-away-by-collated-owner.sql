-- finding: row-given-away shop.orders policy change
DROP POLICY own ON shop.orders;
CREATE POLICY see ON shop.orders FOR SELECT USING (owner COLLATE "C" = current_user);
CREATE POLICY change ON shop.orders FOR UPDATE USING (owner COLLATE "C" = current_user) WITH CHECK (item <> '');
-- leak as alice@example.com
UPDATE shop.orders SET owner = 'bob@example.com';
