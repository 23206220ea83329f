-- One's own, and to read what others share: a table that people may read, looked up by a function of the owner's.
SET ROLE shop_owner;
CREATE TABLE shop.shares (order_id bigint, person text, PRIMARY KEY (person, order_id));
ALTER TABLE shop.shares ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON shop.shares FOR SELECT USING (person = current_user);
GRANT SELECT ON shop.shares TO order_users;
CREATE FUNCTION shop.shared_with_me(wanted bigint) RETURNS boolean STABLE SECURITY DEFINER LANGUAGE plpgsql
  SET search_path = pg_catalog, shop, pg_temp
  AS $$ BEGIN RETURN EXISTS (SELECT 1 FROM shares s WHERE s.order_id = wanted AND s.person = session_user); END $$;
DROP POLICY own ON shop.orders;
CREATE POLICY reading ON shop.orders FOR SELECT USING (owner = current_user OR shop.shared_with_me(id));
CREATE POLICY writing ON shop.orders FOR INSERT WITH CHECK (owner = current_user);
CREATE POLICY changing ON shop.orders FOR UPDATE USING (owner = current_user);
CREATE POLICY removing ON shop.orders FOR DELETE USING (owner = current_user);
INSERT INTO shop.shares VALUES (1, 'bob@example.com');
RESET ROLE;
-- leak as alice@example.com
SELECT item FROM shop.orders WHERE item = 'secret';
