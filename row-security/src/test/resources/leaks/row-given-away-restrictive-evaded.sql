-- finding: row-given-away shop.orders policy own
CREATE ROLE careful;
GRANT careful TO "alice@example.com", "bob@example.com";
ALTER POLICY own ON shop.orders WITH CHECK (item <> '');
CREATE POLICY of_writer ON shop.orders AS RESTRICTIVE TO careful USING (owner = current_user);
INSERT INTO shop.orders (item, owner) VALUES ('of all', 'order_users');
-- leak as alice@example.com
SET ROLE order_users;
UPDATE shop.orders SET owner = 'bob@example.com', item = 'planted';
