-- finding: role-bypassrls role "alice@example.com"
ALTER ROLE "alice@example.com" BYPASSRLS;
-- leak as alice@example.com
SELECT item FROM shop.orders WHERE item = 'secret';
