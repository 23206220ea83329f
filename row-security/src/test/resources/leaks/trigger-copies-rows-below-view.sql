-- finding: trigger-copies-rows shop.orders trigger keep
CREATE TABLE shop.log (item text);
CREATE VIEW shop.log_view AS SELECT item FROM shop.log; GRANT SELECT ON shop.log_view TO order_users;
CREATE FUNCTION shop.keep() RETURNS trigger SECURITY DEFINER SET search_path = pg_catalog, pg_temp LANGUAGE plpgsql
  AS $$ BEGIN INSERT INTO shop.log (item) VALUES (NEW.item); RETURN NEW; END $$;
CREATE TRIGGER keep AFTER INSERT OR UPDATE ON shop.orders FOR EACH ROW EXECUTE FUNCTION shop.keep();
-- first as bob@example.com
UPDATE shop.orders SET item = 'secret';
-- leak as alice@example.com
SELECT item FROM shop.log_view WHERE item = 'secret';
