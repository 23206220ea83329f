-- One's own, and what others have published.
ALTER TABLE shop.orders ADD status text NOT NULL DEFAULT 'draft';
CREATE POLICY published ON shop.orders FOR SELECT USING (status = 'published');
-- leak as alice@example.com
SELECT item FROM shop.orders WHERE item = 'secret';
