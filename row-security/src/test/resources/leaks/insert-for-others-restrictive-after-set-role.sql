-- finding: insert-for-others shop.orders policy adding
-- server: 16..
CREATE ROLE careful;
GRANT careful TO "alice@example.com", "bob@example.com" WITH INHERIT FALSE, SET TRUE;
DROP POLICY own ON shop.orders;
CREATE POLICY reading ON shop.orders FOR SELECT USING (owner = current_user);
CREATE POLICY adding ON shop.orders FOR INSERT WITH CHECK (item <> '');
CREATE POLICY of_writer ON shop.orders AS RESTRICTIVE TO careful USING (owner = current_user);
-- leak as alice@example.com
INSERT INTO shop.orders (item, owner) VALUES ('planted', 'bob@example.com');
