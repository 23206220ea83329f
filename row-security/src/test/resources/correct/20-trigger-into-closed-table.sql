-- A history that a trigger of the owner's writes, and people can't read.
CREATE TABLE shop.history (at timestamptz DEFAULT now(), item text);
ALTER TABLE shop.history ENABLE ROW LEVEL SECURITY;
ALTER TABLE shop.history OWNER TO shop_owner;
CREATE FUNCTION shop.keep() RETURNS trigger SECURITY DEFINER LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
  AS $$ BEGIN INSERT INTO shop.history (item) VALUES (NEW.item); RETURN NEW; END $$;
ALTER FUNCTION shop.keep() OWNER TO shop_owner;
CREATE TRIGGER keep AFTER INSERT ON shop.orders FOR EACH ROW EXECUTE FUNCTION shop.keep();
-- leak as alice@example.com
SELECT item FROM shop.history;
