-- Who has an address of the same house sees what is the house's.
ALTER TABLE shop.orders ADD house text NOT NULL DEFAULT 'example.org';
ALTER POLICY own ON shop.orders USING (house = split_part(current_user, '@', 2));
-- leak as alice@example.com
SELECT item FROM shop.orders;
