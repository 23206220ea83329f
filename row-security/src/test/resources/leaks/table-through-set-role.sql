-- finding: table-without-rls shop.notes
-- people: alice@example.com
CREATE ROLE readers; GRANT readers TO "alice@example.com";
ALTER ROLE "alice@example.com" NOINHERIT;
GRANT USAGE ON SCHEMA shop TO readers;
CREATE TABLE shop.notes (words text);
INSERT INTO shop.notes VALUES ('secret');
GRANT SELECT ON shop.notes TO readers;
-- leak as alice@example.com
SET ROLE readers; SELECT words FROM shop.notes;
