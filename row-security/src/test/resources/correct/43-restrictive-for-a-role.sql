-- people: alice@example.com, bob@example.com, carol@example.com
-- Whose a new row is, a restrictive policy says for the role by which alone people get at the table.
ALTER POLICY own ON shop.orders WITH CHECK (item <> '');
CREATE POLICY of_writer ON shop.orders AS RESTRICTIVE TO order_users USING (owner = current_user);
CREATE ROLE "carol@example.com" LOGIN NOINHERIT; GRANT order_users TO "carol@example.com";
INSERT INTO shop.orders (item, owner) VALUES ('of all', 'order_users');
-- leak as carol@example.com
SET ROLE order_users; UPDATE shop.orders SET owner = 'bob@example.com';
