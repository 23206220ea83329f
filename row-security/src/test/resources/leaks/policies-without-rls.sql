-- finding: policies-without-rls shop.orders
ALTER TABLE shop.orders DISABLE ROW LEVEL SECURITY;
-- leak as alice@example.com
SELECT item FROM shop.orders WHERE item = 'secret';
