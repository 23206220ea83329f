-- Trigger functions without a fixed path, which nobody can cause to be called.
SET ROLE shop_owner;
CREATE TABLE shop.counts (n int);
CREATE FUNCTION shop.emptied() RETURNS trigger SECURITY DEFINER LANGUAGE plpgsql
  AS $$ BEGIN UPDATE counts SET n = 0; RETURN NULL; END $$;
CREATE TRIGGER emptied AFTER TRUNCATE ON shop.orders EXECUTE FUNCTION shop.emptied();
CREATE VIEW shop.everything AS SELECT * FROM shop.counts;
CREATE TRIGGER emptied AFTER INSERT ON shop.counts EXECUTE FUNCTION shop.emptied();
RESET ROLE;
CREATE FUNCTION shop.on_ddl() RETURNS event_trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN INSERT INTO counts VALUES (1); END $$;
-- leak as alice@example.com
TRUNCATE shop.orders;
