-- A function of the owner's is named as one of the system's.
SET ROLE shop_owner;
CREATE FUNCTION shop.length() RETURNS int LANGUAGE sql IMMUTABLE AS $$ SELECT 0 $$;
DROP POLICY own ON shop.orders;
CREATE POLICY own ON shop.orders FOR SELECT USING (owner = current_user OR shop.length() > 0);
REVOKE INSERT, UPDATE, DELETE ON shop.orders FROM order_users;
RESET ROLE;
-- leak as alice@example.com shows secret
SELECT item FROM shop.orders;
