-- Rows that belong to rows: checked by looking up, as who asks, what they belong to.
CREATE TABLE shop.lines (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, order_id bigint NOT NULL REFERENCES shop.orders ON DELETE CASCADE, amount int);
CREATE INDEX ON shop.lines (order_id);
ALTER TABLE shop.lines ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_own_order ON shop.lines
  USING (EXISTS (SELECT 1 FROM shop.orders o WHERE o.id = order_id));
GRANT SELECT, INSERT, UPDATE, DELETE ON shop.lines TO order_users;
-- leak as alice@example.com
INSERT INTO shop.lines (order_id, amount) VALUES (2, 1);
