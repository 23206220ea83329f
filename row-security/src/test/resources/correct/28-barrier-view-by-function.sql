-- Views that show people their own, and ask functions who it is that reads.
SET ROLE shop_owner;
CREATE FUNCTION shop.me() RETURNS text STABLE LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$ SELECT current_user::text $$;
CREATE FUNCTION shop.caller() RETURNS text STABLE SECURITY DEFINER LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$ SELECT session_user::text $$;
CREATE VIEW shop.mine WITH (security_barrier) AS SELECT item FROM shop.orders WHERE owner = (SELECT shop.me());
CREATE VIEW shop.also_mine WITH (security_barrier) AS SELECT item FROM shop.orders WHERE owner = (SELECT shop.caller());
CREATE VIEW shop.all_orders AS SELECT * FROM shop.orders;
CREATE VIEW shop.mine_of_all WITH (security_barrier) AS SELECT item FROM shop.all_orders WHERE owner = current_user OR owner IS NULL;
GRANT SELECT ON shop.mine, shop.also_mine, shop.mine_of_all TO order_users;
RESET ROLE;
-- leak as alice@example.com
SELECT item FROM shop.mine WHERE item = 'secret' UNION ALL SELECT item FROM shop.also_mine WHERE item = 'secret'
UNION ALL SELECT item FROM shop.mine_of_all WHERE item = 'secret';
