-- server: 14..
-- A function of the owner's whose body was parsed when it was made, and one that asks another who calls.
SET ROLE shop_owner;
CREATE FUNCTION shop.my_items() RETURNS SETOF text STABLE SECURITY DEFINER LANGUAGE sql
  BEGIN ATOMIC SELECT o.item FROM shop.orders o WHERE o.owner = session_user; END;
CREATE FUNCTION shop.caller() RETURNS name STABLE LANGUAGE sql RETURN session_user;
CREATE FUNCTION shop.of_caller() RETURNS SETOF text STABLE SECURITY DEFINER LANGUAGE sql
  BEGIN ATOMIC SELECT o.item FROM shop.orders o WHERE o.owner = shop.caller(); END;
RESET ROLE;
-- leak as alice@example.com shows secret
SELECT shop.my_items() UNION ALL SELECT shop.of_caller();
