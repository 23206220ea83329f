-- finding: definer-unchecked function shop.add_order(what text, whose text)
SET ROLE shop_owner;
CREATE FUNCTION shop.add_order(what text, whose text) RETURNS void SECURITY DEFINER LANGUAGE sql
  SET search_path = pg_catalog, pg_temp AS $$ INSERT INTO shop.orders (item, owner) VALUES (what, whose) $$;
RESET ROLE;
-- leak as alice@example.com
SELECT shop.add_order('planted', 'bob@example.com');
