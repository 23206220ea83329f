-- finding: rows-of-former-people shop.orders column owner
INSERT INTO shop.orders (item, owner) SELECT 'secret', 'carol@example.com' FROM generate_series(1, 20);
ANALYZE shop.orders;
-- leak as postgres
CREATE ROLE "carol@example.com" LOGIN IN ROLE order_users;
SET SESSION AUTHORIZATION "carol@example.com";
SELECT item FROM shop.orders WHERE item = 'secret';
