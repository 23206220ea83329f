-- finding: policy-recursion shop.orders policy same_item
CREATE ROLE reporter; GRANT USAGE ON SCHEMA shop TO reporter; GRANT SELECT ON shop.orders TO reporter;
CREATE VIEW shop.own_items AS SELECT item FROM shop.orders WHERE owner = current_user;
ALTER VIEW shop.own_items OWNER TO reporter;
GRANT SELECT ON shop.own_items TO order_users;
CREATE POLICY same_item ON shop.orders FOR SELECT USING (item IN (SELECT o.item FROM shop.own_items o));
-- leak as alice@example.com by error 42P17
SELECT item FROM shop.orders;
