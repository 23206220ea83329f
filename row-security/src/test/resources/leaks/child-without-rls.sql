-- finding: child-without-rls shop.sales_2026
SET ROLE shop_owner;
CREATE TABLE shop.sales (item text, owner text, year int) PARTITION BY LIST (year);
CREATE TABLE shop.sales_2026 PARTITION OF shop.sales FOR VALUES IN (2026);
ALTER TABLE shop.sales ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON shop.sales USING (owner = current_user);
INSERT INTO shop.sales VALUES ('secret', 'bob@example.com', 2026);
GRANT SELECT ON ALL TABLES IN SCHEMA shop TO order_users;
RESET ROLE;
-- leak as alice@example.com
SELECT item FROM shop.sales_2026 WHERE item = 'secret';
