-- One's own, and what others share: looked up by a function of the owner's.
SET ROLE shop_owner;
CREATE TABLE shop.shares (order_id bigint REFERENCES shop.orders, person text, PRIMARY KEY (person, order_id));
ALTER TABLE shop.shares ENABLE ROW LEVEL SECURITY;
CREATE FUNCTION shop.shared_with_me(wanted bigint) RETURNS boolean STABLE SECURITY DEFINER LANGUAGE sql
  SET search_path = pg_catalog, pg_temp
  AS $$ SELECT EXISTS (SELECT FROM shop.shares s WHERE s.order_id = wanted AND s.person = session_user) $$;
ALTER POLICY own ON shop.orders USING (owner = current_user OR shop.shared_with_me(id)) WITH CHECK (owner = current_user);
INSERT INTO shop.shares VALUES (1, 'bob@example.com');
RESET ROLE;
-- leak as alice@example.com
SELECT item FROM shop.orders WHERE item = 'secret';
