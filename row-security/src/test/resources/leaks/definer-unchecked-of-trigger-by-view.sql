-- finding: definer-unchecked shop.requests trigger cancelling
SET ROLE shop_owner;
CREATE TABLE shop.requests (id bigint, owner text NOT NULL DEFAULT session_user);
CREATE VIEW shop.my_requests WITH (check_option = cascaded) AS SELECT * FROM shop.requests WHERE owner = current_user;
GRANT SELECT, INSERT ON shop.my_requests TO order_users;
CREATE FUNCTION shop.cancel() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
  AS $$ BEGIN DELETE FROM shop.orders o WHERE o.id = NEW.id; RETURN NEW; END $$;
CREATE TRIGGER cancelling AFTER INSERT ON shop.requests FOR EACH ROW EXECUTE FUNCTION shop.cancel();
RESET ROLE;
CREATE FUNCTION shop.is_gone() RETURNS boolean LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
  AS $$ SELECT NOT EXISTS (SELECT FROM shop.orders WHERE item = 'secret') $$;
-- leak as alice@example.com
INSERT INTO shop.my_requests VALUES (2);
SELECT 'gone' WHERE shop.is_gone();
