-- finding: insert-for-others shop.orders policy adding
DROP POLICY own ON shop.orders;
CREATE POLICY reading ON shop.orders FOR SELECT USING (owner = current_user);
CREATE POLICY adding ON shop.orders FOR INSERT WITH CHECK (item <> '');
CREATE POLICY no_interns ON shop.orders AS RESTRICTIVE USING (current_user <> 'intern@example.com');
-- leak as alice@example.com
INSERT INTO shop.orders (item, owner) VALUES ('planted', 'bob@example.com');
