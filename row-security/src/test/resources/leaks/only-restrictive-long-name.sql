-- finding: only-restrictive shop.orders policy nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn
DROP POLICY own ON shop.orders;
CREATE POLICY nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn ON shop.orders AS RESTRICTIVE USING (owner = current_user);
-- leak as alice@example.com shows 0
SELECT count(*) FROM shop.orders;
