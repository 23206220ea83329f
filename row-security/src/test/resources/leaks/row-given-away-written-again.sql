-- finding: row-given-away shop.orders policy own
CREATE FUNCTION shop.stamp() RETURNS trigger LANGUAGE plpgsql
  AS $$ BEGIN NEW.owner := current_user; RETURN NEW; END $$;
CREATE FUNCTION shop.keep() RETURNS trigger LANGUAGE plpgsql
  AS $$ BEGIN IF NEW.item LIKE '%@%' THEN NEW.owner := NEW.item; END IF; RETURN NEW; END $$;
CREATE TRIGGER a BEFORE UPDATE ON shop.orders FOR EACH ROW EXECUTE FUNCTION shop.stamp();
CREATE TRIGGER b BEFORE UPDATE ON shop.orders FOR EACH ROW EXECUTE FUNCTION shop.keep();
ALTER POLICY own ON shop.orders WITH CHECK (item <> '');
-- leak as alice@example.com
UPDATE shop.orders SET item = 'bob@example.com';
