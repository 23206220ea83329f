-- finding: foreign-key-probing shop.orders constraint orders_part_of_fkey
ALTER TABLE shop.orders ADD part_of bigint REFERENCES shop.orders;
-- leak as alice@example.com
INSERT INTO shop.orders (item, part_of) VALUES ('part', 2);
