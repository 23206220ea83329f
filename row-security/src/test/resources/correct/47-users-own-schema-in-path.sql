-- "$user" in a path, where nobody has or can make a schema of that name.
SET ROLE shop_owner;
CREATE FUNCTION shop.mine() RETURNS SETOF bigint LANGUAGE sql STABLE SET search_path = "$user", shop, pg_temp
  AS 'SELECT id FROM orders WHERE owner = current_user';
CREATE FUNCTION shop.count_mine() RETURNS bigint SECURITY DEFINER LANGUAGE sql STABLE SET search_path = "$user", shop, pg_temp
  AS 'SELECT count(*) FROM orders WHERE owner = session_user';
CREATE TABLE shop.lines (order_id bigint, what text);
ALTER TABLE shop.lines ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_own_order ON shop.lines USING (order_id IN (SELECT shop.mine()));
GRANT SELECT ON shop.lines TO order_users;
INSERT INTO shop.lines VALUES (2, 'secret');
RESET ROLE; CREATE SCHEMA shop_owner AUTHORIZATION shop_owner;
-- leak as alice@example.com
SELECT what FROM shop.lines;
