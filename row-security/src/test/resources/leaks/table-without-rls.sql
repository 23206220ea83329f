-- finding: table-without-rls shop.notes
CREATE TABLE shop.notes (words text);
INSERT INTO shop.notes VALUES ('secret');
GRANT SELECT ON shop.notes TO order_users;
-- leak as alice@example.com
SELECT words FROM shop.notes;
