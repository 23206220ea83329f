-- finding: owner-by-chain role shop_owner
CREATE ROLE team; GRANT shop_owner TO team; GRANT team TO "alice@example.com";
-- leak as alice@example.com
SELECT item FROM shop.orders WHERE item = 'secret';
