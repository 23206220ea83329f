-- finding: unique-probing shop.orders constraint orders_item_key
DROP POLICY own ON shop.orders;
CREATE POLICY all_of_it ON shop.orders USING (true);
CREATE POLICY own ON shop.orders AS RESTRICTIVE USING (owner = current_user);
ALTER TABLE shop.orders ADD UNIQUE (item);
-- leak as alice@example.com by error 23505
INSERT INTO shop.orders (item) VALUES ('secret');
