-- finding: write-unseen shop.orders policy nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn
DROP POLICY own ON shop.orders;
CREATE POLICY nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn ON shop.orders FOR UPDATE USING (owner = current_user);
-- leak as alice@example.com shows blind
UPDATE shop.orders SET item = 'overwritten';
SELECT CASE count(*) WHEN 0 THEN 'blind' ELSE 'seen' END FROM shop.orders;
