-- server: 16
SET ROLE shop_owner;
CREATE TABLE shop.notes (owner text NOT NULL, words text);
CREATE INDEX ON shop.notes (owner);
ALTER TABLE shop.notes ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON shop.notes USING (owner = split_part(system_user, ':', 2));
GRANT SELECT, INSERT, UPDATE, DELETE ON shop.notes TO order_users;
INSERT INTO shop.notes VALUES ('bob@example.com', 'secret');
CREATE VIEW shop.items WITH (security_barrier) AS
  SELECT item FROM shop.orders WHERE owner = split_part(system_user, ':', 2);
GRANT SELECT ON shop.items TO order_users;
CREATE FUNCTION shop.my_items() RETURNS SETOF text SECURITY DEFINER LANGUAGE sql SET search_path = pg_catalog, pg_temp
  AS $$ SELECT item FROM shop.orders WHERE owner = split_part(system_user, ':', 2) $$;
CREATE FUNCTION shop.items_of(who text) RETURNS SETOF text SECURITY DEFINER LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
  AS $$ BEGIN
    IF who IS DISTINCT FROM split_part(system_user, ':', 2) THEN RAISE EXCEPTION 'not yours'; END IF;
    RETURN QUERY SELECT item FROM shop.orders o WHERE o.owner = who;
  END $$;
RESET ROLE;
-- leak as alice@example.com
SELECT words FROM shop.notes UNION ALL SELECT item FROM shop.items UNION ALL SELECT shop.my_items();
