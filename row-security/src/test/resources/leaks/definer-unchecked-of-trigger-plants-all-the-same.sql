-- finding: definer-unchecked shop.requests trigger ordering
SET ROLE shop_owner;
ALTER TABLE shop.orders ADD asked_by text;
CREATE TABLE shop.requests (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, buyer text NOT NULL, owner text NOT NULL DEFAULT current_user);
ALTER TABLE shop.requests ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON shop.requests USING (owner = current_user);
GRANT SELECT, INSERT ON shop.requests TO order_users;
CREATE FUNCTION shop.to_order() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
  AS $$ BEGIN INSERT INTO shop.orders AS o (item, "owner", asked_by) SELECT 'planted', coalesce(NEW.BUYER, 'a, b'), NEW.owner; RETURN NEW; END $$;
CREATE TRIGGER ordering AFTER INSERT ON shop.requests FOR EACH ROW EXECUTE FUNCTION shop.to_order();
RESET ROLE;
CREATE FUNCTION shop.is_planted() RETURNS boolean LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
  AS $$ SELECT EXISTS (SELECT FROM shop.orders WHERE item = 'planted') $$;
-- leak as alice@example.com
INSERT INTO shop.requests (buyer) VALUES ('bob@example.com');
SELECT 'planted' WHERE shop.is_planted();
