-- finding: definer-unchecked shop.requests trigger cancelling
SET ROLE shop_owner;
ALTER TABLE shop.orders ADD ref uuid NOT NULL DEFAULT gen_random_uuid();
UPDATE shop.orders SET ref = '00000000-0000-0000-0000-000000000002' WHERE item = 'secret';
CREATE TABLE shop.requests (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), order_ref uuid, owner text NOT NULL DEFAULT current_user);
ALTER TABLE shop.requests ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON shop.requests USING (owner = current_user);
GRANT SELECT, INSERT ON shop.requests TO order_users;
CREATE FUNCTION shop.cancel() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
  AS $$ BEGIN DELETE FROM shop.orders o WHERE o.ref = NEW.order_ref; RETURN NEW; END $$;
CREATE TRIGGER cancelling AFTER INSERT ON shop.requests FOR EACH ROW EXECUTE FUNCTION shop.cancel();
RESET ROLE;
CREATE FUNCTION shop.is_gone() RETURNS boolean LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
  AS $$ SELECT NOT EXISTS (SELECT FROM shop.orders WHERE item = 'secret') $$;
-- leak as alice@example.com
INSERT INTO shop.requests (order_ref) VALUES ('00000000-0000-0000-0000-000000000002');
SELECT 'gone' WHERE shop.is_gone();
