-- finding: materialized-view shop.report
SET ROLE shop_owner;
CREATE FUNCTION shop.lines() RETURNS SETOF text LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
  AS 'SELECT item FROM shop.orders';
CREATE FUNCTION shop.listed() RETURNS SETOF text LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
  AS 'BEGIN RETURN QUERY SELECT * FROM shop.lines(); END';
REVOKE EXECUTE ON FUNCTION shop.lines(), shop.listed() FROM PUBLIC;
CREATE VIEW shop.listing AS SELECT item FROM shop.listed() item;
CREATE MATERIALIZED VIEW shop.report AS SELECT item FROM shop.listing;
GRANT SELECT ON shop.report TO order_users;
RESET ROLE;
-- leak as alice@example.com
SELECT item FROM shop.report WHERE item = 'secret';
