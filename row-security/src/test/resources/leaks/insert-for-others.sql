-- finding: insert-for-others shop.orders policy write
CREATE POLICY write ON shop.orders FOR INSERT WITH CHECK (item <> '');
-- leak as alice@example.com
INSERT INTO shop.orders (item, owner) VALUES ('planted', 'bob@example.com');
