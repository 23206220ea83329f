-- finding: definer-unchecked function shop.write()
SET ROLE shop_owner;
CREATE VIEW shop.door AS SELECT 0::bigint AS id, ''::text AS item;
CREATE FUNCTION shop.write() RETURNS trigger SECURITY DEFINER LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
  AS $$ BEGIN UPDATE shop.orders SET item = NEW.item WHERE id = NEW.id; RETURN NEW; END $$;
CREATE TRIGGER write INSTEAD OF INSERT ON shop.door FOR EACH ROW EXECUTE FUNCTION shop.write();
GRANT INSERT ON shop.door TO order_users;
RESET ROLE;
-- leak as alice@example.com
INSERT INTO shop.door VALUES (2, 'overwritten');
