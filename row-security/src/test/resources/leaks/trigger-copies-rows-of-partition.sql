-- finding: trigger-copies-rows shop.sales_2026 trigger keep
CREATE TABLE shop.sales (item text, owner text DEFAULT current_user, year int) PARTITION BY LIST (year);
CREATE TABLE shop.sales_2026 PARTITION OF shop.sales FOR VALUES IN (2026);
ALTER TABLE shop.sales ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON shop.sales USING (owner = current_user);
GRANT SELECT, INSERT ON shop.sales TO order_users;
CREATE TABLE shop.history (at timestamptz DEFAULT now(), item text);
GRANT SELECT, INSERT ON shop.history TO order_users;
CREATE FUNCTION shop.keep() RETURNS trigger LANGUAGE plpgsql
  AS $$ BEGIN INSERT INTO shop.history (item) VALUES (NEW.item); RETURN NEW; END $$;
CREATE TRIGGER keep AFTER INSERT ON shop.sales_2026 FOR EACH ROW EXECUTE FUNCTION shop.keep();
-- first as bob@example.com
INSERT INTO shop.sales (item, year) VALUES ('secret', 2026);
-- leak as alice@example.com
SELECT item FROM shop.history WHERE item = 'secret';
