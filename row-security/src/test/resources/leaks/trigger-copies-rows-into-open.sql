-- finding: trigger-copies-rows shop.orders trigger keep
CREATE TABLE shop.history (at timestamptz DEFAULT now(), item text);
ALTER TABLE shop.history ENABLE ROW LEVEL SECURITY;
CREATE POLICY reading ON shop.history FOR SELECT USING (true);
CREATE POLICY adding ON shop.history FOR INSERT WITH CHECK (true);
GRANT SELECT, INSERT ON shop.history TO order_users;
CREATE FUNCTION shop.keep() RETURNS trigger LANGUAGE plpgsql
  AS $$ BEGIN INSERT INTO shop.history (item) VALUES (NEW.item); RETURN NEW; END $$;
CREATE TRIGGER keep AFTER INSERT OR UPDATE ON shop.orders FOR EACH ROW EXECUTE FUNCTION shop.keep();
-- first as bob@example.com
UPDATE shop.orders SET item = 'secret';
-- leak as alice@example.com
SELECT item FROM shop.history WHERE item = 'secret';
