-- finding: policies-add-up shop.orders policy kept
ALTER TABLE shop.orders ADD deleted boolean NOT NULL DEFAULT false;
CREATE POLICY kept ON shop.orders FOR SELECT USING (deleted IS NOT TRUE);
-- leak as alice@example.com
SELECT item FROM shop.orders WHERE item = 'secret';
