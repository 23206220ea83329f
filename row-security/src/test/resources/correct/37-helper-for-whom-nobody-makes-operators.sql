-- A helper that looks for its operators in the search path, where nobody can make any; and a log that a function writes.
CREATE FUNCTION shop.is_own(whose text) RETURNS boolean STABLE LANGUAGE sql AS $$ SELECT whose = current_user $$;
ALTER POLICY own ON shop.orders USING (shop.is_own(owner)) WITH CHECK (owner = current_user);
SET ROLE shop_owner;
CREATE TABLE shop.log (at timestamptz DEFAULT now(), what text);
ALTER TABLE shop.log ENABLE ROW LEVEL SECURITY;
CREATE FUNCTION shop.log(what text) RETURNS void SECURITY DEFINER LANGUAGE sql
  SET search_path = pg_catalog, pg_temp AS $$ INSERT INTO shop.log (what) VALUES (what) $$;
RESET ROLE;
-- leak as alice@example.com
SELECT item FROM shop.orders WHERE item = 'secret';
