-- What one has ordered, others may see whom one has invited: looked up as the owner, by a function and by a view.
SET ROLE shop_owner;
CREATE FUNCTION shop.own_items() RETURNS text[] STABLE SECURITY DEFINER LANGUAGE sql SET search_path = pg_catalog, pg_temp
  AS $$ SELECT coalesce(array_agg(o.item), '{}') FROM shop.orders o WHERE o.owner = session_user $$;
CREATE VIEW shop.mine WITH (security_barrier) AS SELECT item FROM shop.orders WHERE owner = current_user;
GRANT SELECT ON shop.mine TO order_users;
CREATE POLICY same_item ON shop.orders FOR SELECT USING (item = ANY ((SELECT shop.own_items())::text[]));
CREATE POLICY same_again ON shop.orders FOR SELECT USING (item IN (SELECT m.item FROM shop.mine m));
RESET ROLE;
-- leak as alice@example.com
SELECT item FROM shop.orders WHERE item = 'secret';
