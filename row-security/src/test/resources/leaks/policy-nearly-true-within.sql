-- finding: policy-nearly-true shop.orders policy own
ALTER POLICY own ON shop.orders
  USING (owner = (SELECT current_user) OR (owner IS NULL OR (0 < length(item) AND id >= 0 AND item LIKE '%')));
-- leak as alice@example.com
SELECT item FROM shop.orders WHERE item = 'secret';
