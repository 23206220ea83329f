-- finding: insert-for-others shop.orders policy write
ALTER TABLE shop.orders ADD editor text NOT NULL DEFAULT current_user;
CREATE POLICY write ON shop.orders FOR INSERT WITH CHECK (editor = split_part(current_user, ' ', 1));
-- leak as alice@example.com
INSERT INTO shop.orders (item, owner) VALUES ('planted', 'bob@example.com');
