-- finding: unique-probing shop.orders constraint orders_folded_key
ALTER TABLE shop.orders ADD folded text GENERATED ALWAYS AS (lower(item)) STORED UNIQUE;
-- leak as alice@example.com by error 23505
INSERT INTO shop.orders (item) VALUES ('SECRET');
