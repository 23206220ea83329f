-- finding: definer-unchecked function shop.find_order(wanted bigint)
-- server: 14..
SET ROLE shop_owner;
CREATE FUNCTION shop.look_up(wanted bigint) RETURNS text STABLE LANGUAGE sql
  BEGIN ATOMIC SELECT item FROM shop.orders WHERE id = wanted; END;
CREATE FUNCTION shop.find_order(wanted bigint) RETURNS text STABLE SECURITY DEFINER LANGUAGE sql
  RETURN shop.look_up(wanted);
RESET ROLE;
-- leak as alice@example.com shows secret
SELECT shop.find_order(2);
