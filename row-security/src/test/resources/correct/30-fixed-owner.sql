-- Whose it is stands by default, and nobody can write another name: no WITH CHECK needs to say so.
DROP POLICY own ON shop.orders;
CREATE POLICY own ON shop.orders USING (owner = current_user) WITH CHECK (true);
REVOKE INSERT, UPDATE ON shop.orders FROM order_users;
GRANT INSERT (item), UPDATE (item) ON shop.orders TO order_users;
ALTER TABLE shop.orders ADD UNIQUE (owner, item);
-- leak as alice@example.com
UPDATE shop.orders SET owner = 'bob@example.com';
