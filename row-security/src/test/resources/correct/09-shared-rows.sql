-- One's own, and to read what is nobody's.
ALTER TABLE shop.orders ALTER owner DROP NOT NULL;
CREATE POLICY shared ON shop.orders FOR SELECT USING (owner IS NULL);
INSERT INTO shop.orders (item, owner) VALUES ('for all', NULL);
-- leak as alice@example.com
SELECT item FROM shop.orders WHERE item = 'secret';
