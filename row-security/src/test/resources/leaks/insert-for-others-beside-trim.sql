-- finding: insert-for-others shop.orders policy own
SET ROLE shop_owner;
ALTER POLICY own ON shop.orders USING (owner = current_user) WITH CHECK (owner <> '' AND current_user <> '' AND trim(both ' ' from item) <> '' );
RESET ROLE;
-- leak as alice@example.com
INSERT INTO shop.orders (item, owner) VALUES ('x', 'bob@example.com');
