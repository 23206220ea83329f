-- finding: insert-for-others shop.orders policy adding
DROP POLICY own ON shop.orders;
CREATE POLICY reading ON shop.orders FOR SELECT USING (owner = current_user);
CREATE POLICY adding ON shop.orders FOR INSERT WITH CHECK (item <> '');
CREATE FUNCTION shop.stamp() RETURNS trigger LANGUAGE plpgsql
  AS $$ BEGIN IF NEW.owner IS NULL THEN NEW.owner := current_user; END IF; RETURN NEW; END $$;
CREATE TRIGGER stamp BEFORE INSERT ON shop.orders FOR EACH ROW EXECUTE FUNCTION shop.stamp();
-- leak as alice@example.com
INSERT INTO shop.orders (item, owner) VALUES ('planted', 'bob@example.com');
