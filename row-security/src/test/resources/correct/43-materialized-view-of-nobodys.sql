-- A materialized view and the functions that it calls may read what is nobody's.
SET ROLE shop_owner;
CREATE TABLE shop.countries (code text PRIMARY KEY, label text);
INSERT INTO shop.countries VALUES ('se', 'Sverige');
CREATE FUNCTION shop.shown(label text) RETURNS text LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
  AS $$ SELECT upper(label) || (SELECT min(code) FROM shop.countries) $$;
CREATE MATERIALIZED VIEW shop.labels AS SELECT code, shop.shown(label) FROM shop.countries;
GRANT SELECT ON shop.labels TO order_users;
RESET ROLE;
