-- finding: role-createrole role "alice@example.com"
-- server: 13..15
ALTER ROLE "alice@example.com" CREATEROLE;
-- leak as alice@example.com
GRANT shop_owner TO "alice@example.com";
SELECT item FROM shop.orders WHERE item = 'secret';
