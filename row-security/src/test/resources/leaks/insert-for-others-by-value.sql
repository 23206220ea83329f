-- finding: insert-for-others shop.orders policy own
SET ROLE shop_owner;
ALTER POLICY own ON shop.orders WITH CHECK (coalesce(current_user, owner) = current_user);
RESET ROLE;
-- leak as alice@example.com
INSERT INTO shop.orders (item, owner) VALUES ('planted', 'bob@example.com');
