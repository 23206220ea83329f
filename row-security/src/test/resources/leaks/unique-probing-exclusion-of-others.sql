-- finding: unique-probing shop.orders constraint orders_item_owner_excl
CREATE EXTENSION btree_gist;
ALTER TABLE shop.orders ADD EXCLUDE USING gist (item WITH =, owner WITH <>);
-- leak as alice@example.com by error 23P01
INSERT INTO shop.orders (item) VALUES ('secret');
