-- finding: unique-probing shop.orders constraint orders_item_owner_key
ALTER TABLE shop.orders ADD UNIQUE (item) INCLUDE (owner);
-- leak as alice@example.com by error 23505
INSERT INTO shop.orders (item) VALUES ('secret');
