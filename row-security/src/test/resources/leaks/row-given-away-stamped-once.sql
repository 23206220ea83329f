-- finding: row-given-away shop.orders policy own
CREATE FUNCTION shop.stamp() RETURNS trigger LANGUAGE plpgsql
  AS $$ BEGIN NEW.owner := current_user; RETURN NEW; END $$;
CREATE TRIGGER stamp BEFORE INSERT OR UPDATE OF item ON shop.orders FOR EACH ROW EXECUTE FUNCTION shop.stamp();
ALTER POLICY own ON shop.orders WITH CHECK (item <> '');
-- leak as alice@example.com
UPDATE shop.orders SET owner = 'bob@example.com';
