-- finding: insert-for-others shop.orders policy adding
SET ROLE shop_owner;
DROP POLICY own ON shop.orders;
CREATE POLICY own ON shop.orders FOR SELECT USING (owner = current_user);
CREATE POLICY adding ON shop.orders FOR INSERT WITH CHECK (owner <> '');
CREATE POLICY members ON shop.orders AS RESTRICTIVE FOR INSERT
  WITH CHECK (owner = current_user OR pg_has_role('order_users', 'member'));
RESET ROLE;
-- leak as alice@example.com
INSERT INTO shop.orders (item, owner) VALUES ('planted', 'bob@example.com');
