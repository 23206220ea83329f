-- New rows are their writers', for nobody can write another name into them.
DROP POLICY own ON shop.orders;
CREATE POLICY reading ON shop.orders FOR SELECT USING (owner = current_user);
CREATE POLICY adding ON shop.orders FOR INSERT WITH CHECK (true);
REVOKE INSERT, UPDATE, DELETE ON shop.orders FROM order_users;
GRANT INSERT (item) ON shop.orders TO order_users;
-- leak as alice@example.com
INSERT INTO shop.orders (item, owner) VALUES ('planted', 'bob@example.com');
