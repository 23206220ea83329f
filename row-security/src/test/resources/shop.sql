-- What every leak is built on, and what is right: two people, their group, an owner who does not log in.
CREATE ROLE shop_owner;
CREATE ROLE order_users;
CREATE ROLE "alice@example.com" LOGIN IN ROLE order_users;
CREATE ROLE "bob@example.com" LOGIN IN ROLE order_users;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
CREATE SCHEMA shop AUTHORIZATION shop_owner;
GRANT USAGE ON SCHEMA shop TO order_users;
SET ROLE shop_owner;
CREATE TABLE shop.orders (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  item text NOT NULL,
  owner text NOT NULL DEFAULT current_user);
ALTER TABLE shop.orders ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON shop.orders USING (owner = current_user);
GRANT SELECT, INSERT, UPDATE, DELETE ON shop.orders TO order_users;
INSERT INTO shop.orders (item, owner)
  VALUES ('bread', 'alice@example.com'), ('secret', 'bob@example.com');
RESET ROLE;
