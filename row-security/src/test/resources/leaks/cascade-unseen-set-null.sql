-- finding: cascade-unseen shop.lines constraint lines_order_id_fkey
CREATE TABLE shop.lines (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  order_id bigint REFERENCES shop.orders ON DELETE SET NULL,
  owner text NOT NULL DEFAULT current_user);
ALTER TABLE shop.lines ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON shop.lines USING (owner = current_user);
GRANT SELECT, INSERT, UPDATE ON shop.lines TO order_users;
INSERT INTO shop.lines (order_id, owner) VALUES (1, 'bob@example.com');
-- leak as alice@example.com
DELETE FROM shop.orders WHERE id = 1;
