-- finding: catalog-granted pg_catalog.pg_authid
GRANT SELECT (rolname, rolpassword) ON pg_authid TO order_users;
ALTER ROLE "bob@example.com" PASSWORD 'of bob';
-- leak as alice@example.com
SELECT rolpassword FROM pg_authid WHERE rolname = 'bob@example.com';
