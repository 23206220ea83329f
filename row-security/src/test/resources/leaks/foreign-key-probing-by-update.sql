-- finding: foreign-key-probing shop.lines constraint lines_order_id_fkey
CREATE TABLE shop.lines (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  order_id bigint REFERENCES shop.orders,
  owner text NOT NULL DEFAULT current_user);
ALTER TABLE shop.lines ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON shop.lines USING (owner = current_user);
GRANT SELECT, INSERT, UPDATE ON shop.lines TO order_users;
CREATE POLICY seen ON shop.lines AS RESTRICTIVE FOR INSERT
  WITH CHECK (EXISTS (SELECT FROM shop.orders o WHERE o.id = lines.order_id));
INSERT INTO shop.lines (order_id, owner) VALUES (1, 'alice@example.com');
-- leak as alice@example.com
UPDATE shop.lines SET order_id = 2;
