-- Whose it is stands by default as who logged in, and nobody can write another name.
DROP POLICY own ON shop.orders;
ALTER TABLE shop.orders ALTER owner SET DEFAULT session_user;
CREATE POLICY own ON shop.orders USING (owner = current_user) WITH CHECK (true);
REVOKE INSERT, UPDATE ON shop.orders FROM order_users;
GRANT INSERT (item), UPDATE (item) ON shop.orders TO order_users;
-- leak as alice@example.com
INSERT INTO shop.orders (item, owner) VALUES ('planted', 'bob@example.com');
