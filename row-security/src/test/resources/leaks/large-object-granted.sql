-- finding: large-object-granted large object 4711
SELECT lo_from_bytea(4711, 'secret');
GRANT SELECT ON LARGE OBJECT 4711 TO order_users;
-- leak as alice@example.com shows secret
SELECT convert_from(lo_get(4711), 'UTF8');
