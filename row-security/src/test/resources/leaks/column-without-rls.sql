-- finding: table-without-rls shop.notes
CREATE ROLE readers; CREATE ROLE inner_readers; GRANT readers TO inner_readers; GRANT inner_readers TO order_users;
CREATE TABLE shop.notes (id int, words text);
INSERT INTO shop.notes VALUES (1, 'secret');
GRANT SELECT (words) ON shop.notes TO readers;
-- leak as alice@example.com
SELECT words FROM shop.notes;
