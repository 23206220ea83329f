-- finding: parent-opens-child shop.kept_orders
CREATE TABLE shop.kept_orders (kept boolean) INHERITS (shop.orders);
ALTER TABLE shop.kept_orders ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON shop.kept_orders USING (owner = current_user);
CREATE POLICY kept ON shop.kept_orders AS RESTRICTIVE USING (NOT kept);
INSERT INTO shop.kept_orders VALUES (7, 'kept from all', 'alice@example.com', true);
-- leak as alice@example.com
SELECT item FROM shop.orders WHERE item = 'kept from all';
