-- Histories into which triggers of the owner's write whole rows.
SET ROLE shop_owner;
CREATE TABLE shop.history (id bigint, item text NOT NULL, owner text NOT NULL, at timestamptz NOT NULL DEFAULT now());
CREATE INDEX ON shop.history (owner COLLATE "C");
ALTER TABLE shop.history ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON shop.history FOR SELECT USING (owner = current_user);
GRANT SELECT ON shop.history TO order_users;
CREATE FUNCTION shop.keep() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
  AS $$ BEGIN INSERT INTO shop.history SELECT OLD.*, now(); INSERT INTO shop.history VALUES (OLD.*); RETURN OLD; END $$;
CREATE TRIGGER keep AFTER UPDATE OR DELETE ON shop.orders FOR EACH ROW EXECUTE FUNCTION shop.keep();
RESET ROLE;
-- first as bob@example.com
UPDATE shop.orders SET item = 'known';
-- leak as alice@example.com
SELECT item FROM shop.history WHERE item = 'secret';
