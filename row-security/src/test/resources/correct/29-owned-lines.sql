-- Rows of one person that point at rows of theirs only, for each is looked up when it is written.
CREATE TABLE shop.lines (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  order_id bigint REFERENCES shop.orders ON DELETE CASCADE,
  owner text NOT NULL DEFAULT current_user);
ALTER TABLE shop.lines ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON shop.lines USING (owner = current_user);
GRANT SELECT, INSERT, UPDATE ON shop.lines TO order_users;
CREATE POLICY seen ON shop.lines AS RESTRICTIVE FOR INSERT WITH CHECK (EXISTS (SELECT FROM shop.orders o WHERE o.id = order_id));
CREATE POLICY still_seen ON shop.lines AS RESTRICTIVE FOR UPDATE USING (true) WITH CHECK (EXISTS (SELECT FROM shop.orders o WHERE o.id = order_id));
-- leak as alice@example.com
INSERT INTO shop.lines (order_id) VALUES (2);
