-- finding: owner-by-chain role keeper
-- server: 16..
CREATE ROLE keeper; CREATE ROLE admins;
GRANT USAGE, CREATE ON SCHEMA shop TO keeper;
ALTER TABLE shop.orders OWNER TO keeper;
GRANT keeper TO admins WITH ADMIN TRUE, INHERIT FALSE, SET FALSE;
GRANT admins TO "alice@example.com" WITH INHERIT TRUE, SET FALSE;
-- leak as alice@example.com
GRANT keeper TO "alice@example.com";
SELECT item FROM shop.orders WHERE item = 'secret';
