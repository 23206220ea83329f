-- finding: unique-probing shop.orders index "orders (item)"
CREATE UNIQUE INDEX "orders (item)" ON shop.orders (lower(item)) WHERE item <> '';
-- leak as alice@example.com by error 23505
INSERT INTO shop.orders (item) VALUES ('SECRET');
