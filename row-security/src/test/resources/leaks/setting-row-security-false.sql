-- finding: setting-row-security role "alice@example.com"
ALTER ROLE "alice@example.com" SET row_security = false;
-- leak as alice@example.com by error 42501
SELECT item FROM shop.orders;
