-- Triggers and rules of the owner's that write for who writes, or count.
SET ROLE shop_owner;
CREATE TABLE shop.totals (person text PRIMARY KEY, n int NOT NULL DEFAULT 0, last_item text);
ALTER TABLE shop.totals ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON shop.totals FOR SELECT USING (person = current_user);
GRANT SELECT ON shop.totals TO order_users;
CREATE TABLE shop.threads (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, owner text NOT NULL DEFAULT current_user, replies int NOT NULL DEFAULT 0);
ALTER TABLE shop.threads ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON shop.threads USING (owner = current_user);
GRANT SELECT ON shop.threads TO order_users;
ALTER TABLE shop.orders ADD thread int;
CREATE TABLE shop.lines (order_id bigint, what text, owner text NOT NULL DEFAULT current_user);
ALTER TABLE shop.lines ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON shop.lines USING (owner = current_user);
GRANT SELECT ON shop.lines TO order_users;
CREATE FUNCTION shop.keep() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  INSERT INTO shop.totals (person, last_item) VALUES (NEW.owner, NEW.item)
    ON CONFLICT (person) DO UPDATE SET last_item = NEW.item;
  UPDATE shop.totals SET n = n + 1, last_item = NEW.item WHERE person = NEW.owner;
  UPDATE shop.threads SET replies = replies + 1 WHERE id = NEW.thread;
  UPDATE shop.lines SET what = NEW.item WHERE order_id = NEW.id;
  DELETE FROM shop.threads WHERE replies < 0;
  RETURN NEW;
END $$;
CREATE TRIGGER keep AFTER INSERT OR UPDATE ON shop.orders FOR EACH ROW EXECUTE FUNCTION shop.keep();
CREATE RULE dropping AS ON DELETE TO shop.orders DO ALSO DELETE FROM shop.lines WHERE order_id = OLD.id;
CREATE RULE counting AS ON DELETE TO shop.orders DO ALSO UPDATE shop.totals SET last_item = OLD.item WHERE person = OLD.owner;
CREATE VIEW shop.mine WITH (security_barrier, check_option = cascaded) AS SELECT id, item, owner FROM shop.orders WHERE owner = current_user;
CREATE RULE writing AS ON UPDATE TO shop.mine DO INSTEAD UPDATE shop.orders SET item = NEW.item WHERE id = OLD.id;
CREATE RULE adding AS ON INSERT TO shop.mine DO INSTEAD INSERT INTO shop.orders (item, owner) VALUES (NEW.item, current_user);
GRANT SELECT, INSERT, UPDATE (item) ON shop.mine TO order_users;
RESET ROLE;
-- leak as alice@example.com
UPDATE shop.mine SET item = 'overwritten' WHERE item = 'secret';
