-- finding: trigger-copies-rows shop.orders trigger keep
CREATE TABLE shop.history (at timestamptz DEFAULT now(), item text);
GRANT SELECT, INSERT ON shop.history TO order_users;
CREATE FUNCTION shop.note_down(it text) RETURNS void LANGUAGE sql AS $$ INSERT INTO shop.history (item) VALUES (it) $$;
CREATE FUNCTION shop.keep() RETURNS trigger LANGUAGE plpgsql
  AS $$ BEGIN PERFORM shop.note_down(NEW.item); RETURN NEW; END $$;
CREATE TRIGGER keep AFTER INSERT OR UPDATE ON shop.orders FOR EACH ROW EXECUTE FUNCTION shop.keep();
-- first as bob@example.com
UPDATE shop.orders SET item = 'secret';
-- leak as alice@example.com
SELECT item FROM shop.history WHERE item = 'secret';
