CREATE ROLE order_users NOLOGIN;

CREATE TABLE orders (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  item text NOT NULL,
  owner text NOT NULL DEFAULT current_user);

ALTER TABLE orders ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_orders ON orders USING (owner = current_user);
GRANT SELECT, INSERT, UPDATE, DELETE ON orders TO order_users;
