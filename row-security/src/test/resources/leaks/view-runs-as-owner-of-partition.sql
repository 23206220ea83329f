-- finding: view-runs-as-owner shop.recent
SET ROLE shop_owner;
CREATE TABLE shop.bills (id int, owner text NOT NULL, item text) PARTITION BY RANGE (id);
CREATE TABLE shop.bills_1 PARTITION OF shop.bills FOR VALUES FROM (0) TO (100);
ALTER TABLE shop.bills ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON shop.bills USING (owner = current_user);
GRANT SELECT ON shop.bills TO order_users;
INSERT INTO shop.bills VALUES (1, 'bob@example.com', 'secret');
CREATE VIEW shop.recent AS SELECT * FROM shop.bills_1;
GRANT SELECT ON shop.recent TO order_users;
RESET ROLE;
-- leak as alice@example.com
SELECT item FROM shop.recent WHERE item = 'secret';
