-- A policy for each command.
DROP POLICY own ON shop.orders;
CREATE POLICY reading ON shop.orders FOR SELECT TO order_users USING (owner = current_user);
CREATE POLICY adding ON shop.orders FOR INSERT TO order_users WITH CHECK (owner = current_user);
CREATE POLICY changing ON shop.orders FOR UPDATE TO order_users USING (owner = current_user) WITH CHECK (owner = current_user);
CREATE POLICY removing ON shop.orders FOR DELETE TO order_users USING (owner = current_user);
-- leak as alice@example.com
DELETE FROM shop.orders WHERE item = 'secret';
