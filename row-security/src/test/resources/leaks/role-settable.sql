-- finding: role-settable role "bob@example.com"
-- people: alice@example.com
CREATE ROLE team; GRANT "bob@example.com" TO team; GRANT team TO "alice@example.com";
-- leak as alice@example.com
SET ROLE "bob@example.com"; SELECT item FROM shop.orders WHERE item = 'secret';
