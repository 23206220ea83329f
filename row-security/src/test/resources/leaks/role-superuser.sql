-- finding: role-superuser role "alice@example.com"
ALTER ROLE "alice@example.com" SUPERUSER;
-- leak as alice@example.com
SELECT item FROM shop.orders WHERE item = 'secret';
