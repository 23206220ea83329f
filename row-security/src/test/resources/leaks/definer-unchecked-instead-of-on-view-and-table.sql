-- finding: definer-unchecked function shop.write()
SET ROLE shop_owner;
CREATE VIEW shop.closed AS SELECT 0::bigint AS id, ''::text AS item;
CREATE VIEW shop.door AS SELECT 0::bigint AS id, ''::text AS item;
CREATE TABLE shop.requests (id bigint, item text, owner text NOT NULL DEFAULT current_user);
ALTER TABLE shop.requests ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON shop.requests USING (owner = current_user);
GRANT INSERT ON shop.requests TO order_users;
CREATE FUNCTION shop.write() RETURNS trigger SECURITY DEFINER LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
  AS $$ BEGIN UPDATE shop.orders SET item = NEW.item WHERE id = NEW.id; RETURN NEW; END $$;
CREATE TRIGGER a AFTER INSERT ON shop.requests FOR EACH ROW EXECUTE FUNCTION shop.write();
CREATE TRIGGER b INSTEAD OF INSERT ON shop.closed FOR EACH ROW EXECUTE FUNCTION shop.write();
CREATE TRIGGER c INSTEAD OF INSERT ON shop.door FOR EACH ROW EXECUTE FUNCTION shop.write();
GRANT INSERT ON shop.door TO order_users;
RESET ROLE;
-- leak as alice@example.com
INSERT INTO shop.door VALUES (2, 'overwritten');
