-- Triggers of the owner's that look with FOUND whose a row is, or write by a view in one's own name; rules with every word for who asks.
SET ROLE shop_owner;
CREATE FUNCTION shop.me() RETURNS text LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS 'SELECT current_user::text';
CREATE TABLE shop.closings (id bigint, owner text NOT NULL DEFAULT current_user);
ALTER TABLE shop.closings ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON shop.closings USING (owner = current_user);
GRANT SELECT, INSERT ON shop.closings TO order_users;
CREATE FUNCTION shop.close() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM 1 FROM shop.orders WHERE id = NEW.id AND owner = session_user;
  IF NOT FOUND THEN RAISE EXCEPTION 'no'; END IF;
  DELETE FROM shop.orders WHERE id = NEW.id;
  RETURN NEW;
END $$;
CREATE TRIGGER close AFTER INSERT ON shop.closings FOR EACH ROW EXECUTE FUNCTION shop.close();
CREATE TABLE shop.notes (id bigint, note text, owner text NOT NULL DEFAULT session_user);
CREATE VIEW shop.my_notes WITH (security_barrier, check_option = cascaded) AS SELECT id, note, owner FROM shop.notes WHERE owner = current_user;
GRANT SELECT, INSERT ON shop.my_notes TO order_users;
CREATE FUNCTION shop.order_noted() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  INSERT INTO shop.orders (item, owner) VALUES (NEW.note, NEW.owner), (NEW.note, session_user), ('of the house', 'house');
  INSERT INTO shop.orders (owner, item) SELECT o.owner, NEW.note FROM shop.orders o WHERE o.owner = session_user LIMIT 1;
  DELETE FROM shop.orders WHERE item = NEW.note AND owner = NEW.owner;
  RETURN NEW;
END $$;
CREATE TRIGGER order_noted AFTER INSERT ON shop.notes FOR EACH ROW EXECUTE FUNCTION shop.order_noted();
CREATE RULE r1 AS ON INSERT TO shop.closings WHERE NEW.owner <> ' DO ' DO ALSO DELETE FROM shop.orders WHERE id = NEW.id AND owner = USER;
CREATE RULE r2 AS ON INSERT TO shop.closings DO ALSO UPDATE shop.orders SET item = NEW.owner WHERE id = NEW.id AND owner = CURRENT_ROLE;
CREATE RULE r3 AS ON INSERT TO shop.closings DO ALSO DELETE FROM shop.orders WHERE id = NEW.id AND owner = shop.me();
RESET ROLE;
-- leak as alice@example.com
INSERT INTO shop.closings VALUES (2);
SELECT 1;
