-- finding: foreign-key-probing shop.lines constraint nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn
SET ROLE shop_owner;
CREATE TABLE shop.lines (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  order_id bigint CONSTRAINT nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn REFERENCES shop.orders,
  owner text NOT NULL DEFAULT current_user);
ALTER TABLE shop.lines ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON shop.lines USING (owner = current_user);
GRANT SELECT, INSERT ON shop.lines TO order_users;
RESET ROLE;
-- leak as alice@example.com
INSERT INTO shop.lines (order_id) VALUES (2);
