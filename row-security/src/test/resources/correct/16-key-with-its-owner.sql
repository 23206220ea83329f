-- A foreign key that carries the owner along, and uniqueness for each person.
ALTER TABLE shop.orders ADD UNIQUE (owner, id), ADD UNIQUE (owner, item);
CREATE TABLE shop.lines (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  owner text NOT NULL DEFAULT current_user, order_id bigint NOT NULL,
  FOREIGN KEY (owner, order_id) REFERENCES shop.orders (owner, id));
ALTER TABLE shop.lines ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON shop.lines USING (owner = current_user);
GRANT SELECT, INSERT ON shop.lines TO order_users;
-- leak as alice@example.com
INSERT INTO shop.lines (order_id) VALUES (2);
