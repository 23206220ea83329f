-- Partitions, each under Row-Level Security, none of them granted.
CREATE TABLE shop.sales (item text, owner text DEFAULT current_user, year int) PARTITION BY LIST (year);
CREATE TABLE shop.sales_2025 PARTITION OF shop.sales FOR VALUES IN (2025);
CREATE TABLE shop.sales_2026 PARTITION OF shop.sales FOR VALUES IN (2026);
ALTER TABLE shop.sales ENABLE ROW LEVEL SECURITY;
ALTER TABLE shop.sales_2025 ENABLE ROW LEVEL SECURITY;
ALTER TABLE shop.sales_2026 ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON shop.sales USING (owner = current_user);
GRANT SELECT, INSERT ON shop.sales TO order_users;
INSERT INTO shop.sales VALUES ('secret', 'bob@example.com', 2026);
-- leak as alice@example.com
SELECT item FROM shop.sales;
