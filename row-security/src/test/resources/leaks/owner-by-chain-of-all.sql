-- finding: owner-by-chain role order_users
-- people: group:order_users
CREATE TABLE shop.notes (words text);
INSERT INTO shop.notes VALUES ('secret');
ALTER TABLE shop.notes OWNER TO order_users;
-- leak as alice@example.com
SELECT words FROM shop.notes;
