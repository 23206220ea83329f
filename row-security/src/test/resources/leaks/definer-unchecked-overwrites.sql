-- finding: definer-unchecked function shop.put(number bigint, what text)
SET ROLE shop_owner;
CREATE FUNCTION shop.put(number bigint, what text) RETURNS text SECURITY DEFINER LANGUAGE sql
  SET search_path = pg_catalog, pg_temp AS $$ INSERT INTO shop.orders AS o (id, item, owner) OVERRIDING SYSTEM VALUE VALUES (number, what, session_user)
    ON CONFLICT (id) DO UPDATE SET item = o.item || EXCLUDED.item RETURNING item $$;
RESET ROLE;
-- leak as alice@example.com shows secret
SELECT shop.put(2, '!');
