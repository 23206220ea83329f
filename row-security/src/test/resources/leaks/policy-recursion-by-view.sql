-- finding: policy-recursion shop.orders policy same_item
-- server: 15..
CREATE VIEW shop.own_items WITH (security_invoker) AS SELECT item FROM shop.orders WHERE owner = current_user;
GRANT SELECT ON shop.own_items TO order_users;
CREATE POLICY same_item ON shop.orders FOR SELECT USING (item IN (SELECT o.item FROM shop.own_items o));
-- leak as alice@example.com by error 42P17
SELECT item FROM shop.orders;
