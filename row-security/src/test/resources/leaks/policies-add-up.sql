-- finding: policies-add-up shop.orders policy kept
ALTER TABLE shop.orders ADD deleted_at timestamptz;
CREATE POLICY kept ON shop.orders USING (deleted_at IS NULL);
-- leak as alice@example.com
SELECT item FROM shop.orders WHERE item = 'secret';
