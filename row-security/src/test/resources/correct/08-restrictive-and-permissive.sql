-- One's own, and of these none that was deleted.
ALTER TABLE shop.orders ADD deleted_at timestamptz;
CREATE POLICY kept ON shop.orders AS RESTRICTIVE USING (deleted_at IS NULL);
-- leak as alice@example.com
SELECT item FROM shop.orders WHERE item = 'secret';
