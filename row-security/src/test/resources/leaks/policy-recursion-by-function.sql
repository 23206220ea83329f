-- finding: policy-recursion shop.orders policy same_item
CREATE FUNCTION shop.is_own(wanted text) RETURNS boolean STABLE LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
  AS $$ BEGIN RETURN EXISTS (SELECT FROM shop.orders o WHERE o.item = wanted AND o.owner = current_user); END $$;
CREATE POLICY same_item ON shop.orders FOR SELECT USING (shop.is_own(item));
-- leak as alice@example.com by error 54001
SELECT item FROM shop.orders;
