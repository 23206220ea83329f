-- finding: parent-opens-child shop.sales_2026
CREATE TABLE shop.memberships (team int, person text);
ALTER TABLE shop.memberships ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON shop.memberships FOR SELECT USING (person = current_user);
GRANT SELECT ON shop.memberships TO order_users;
INSERT INTO shop.memberships VALUES (1, 'alice@example.com');
CREATE TABLE shop.sales (item text, team int, year int, status text) PARTITION BY LIST (year);
CREATE TABLE shop.sales_2026 (LIKE shop.sales);
ALTER TABLE shop.sales ENABLE ROW LEVEL SECURITY;
ALTER TABLE shop.sales_2026 ENABLE ROW LEVEL SECURITY;
CREATE POLICY sold ON shop.sales USING (status = 'sold');
CREATE POLICY team ON shop.sales_2026
  USING (EXISTS (SELECT FROM shop.memberships m WHERE m.person = current_user AND m.team = sales_2026.team));
ALTER TABLE shop.sales ATTACH PARTITION shop.sales_2026 FOR VALUES IN (2026);
GRANT SELECT, UPDATE, DELETE ON shop.sales TO order_users;
INSERT INTO shop.sales VALUES ('secret', 2, 2026, 'sold');
-- leak as alice@example.com
UPDATE shop.sales SET item = 'gone' WHERE item = 'secret';
