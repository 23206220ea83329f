-- finding: definer-unchecked shop.notes trigger tidy
SET ROLE shop_owner;
CREATE TABLE shop.notes (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), owner text NOT NULL DEFAULT current_user, about bigint, words text);
ALTER TABLE shop.notes ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON shop.notes USING (owner = current_user);
GRANT SELECT, INSERT, UPDATE, DELETE ON shop.notes TO order_users;
CREATE FUNCTION shop.tidy() RETURNS trigger SECURITY DEFINER LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$ DECLARE n int; BEGIN
  DELETE FROM shop.orders o WHERE o.owner = NEW.owner AND o.item = NEW.words OR o.id = NEW.about;
  GET DIAGNOSTICS n = ROW_COUNT;
  IF n > 0 THEN NEW.words := n || ' gone'; END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER tidy BEFORE INSERT ON shop.notes FOR EACH ROW EXECUTE FUNCTION shop.tidy();
RESET ROLE;
-- leak as alice@example.com shows 1 gone
INSERT INTO shop.notes (about) VALUES (2) RETURNING words;
