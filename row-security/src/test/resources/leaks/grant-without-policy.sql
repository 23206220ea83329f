-- finding: grant-without-policy shop.orders DELETE
DROP POLICY own ON shop.orders;
CREATE POLICY own ON shop.orders FOR SELECT USING (owner = current_user);
-- leak as alice@example.com shows nothing
WITH gone AS (DELETE FROM shop.orders RETURNING 1) SELECT CASE count(*) WHEN 0 THEN 'nothing' END FROM gone;
