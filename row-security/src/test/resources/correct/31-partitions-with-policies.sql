-- Partitions that are under Row-Level Security themselves, with the parent's policy or closed; and a rule into a closed table.
CREATE TABLE shop.sales (item text, owner text, year int) PARTITION BY LIST (year);
CREATE TABLE shop.sales_2025 PARTITION OF shop.sales FOR VALUES IN (2025);
CREATE TABLE shop.sales_2026 PARTITION OF shop.sales FOR VALUES IN (2026);
ALTER TABLE shop.sales ENABLE ROW LEVEL SECURITY;
ALTER TABLE shop.sales_2025 ENABLE ROW LEVEL SECURITY;
ALTER TABLE shop.sales_2026 ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON shop.sales USING (owner = current_user);
CREATE POLICY own ON shop.sales_2026 USING (owner = current_user);
GRANT SELECT ON shop.sales, shop.sales_2026 TO order_users;
INSERT INTO shop.sales VALUES ('secret', 'bob@example.com', 2026);
CREATE TABLE shop.history (at timestamptz DEFAULT now(), item text);
CREATE RULE keep AS ON UPDATE TO shop.orders DO ALSO INSERT INTO shop.history (item) VALUES (OLD.item);
-- leak as alice@example.com
SELECT item FROM shop.sales WHERE item = 'secret';
