-- finding: owner-not-forced shop.notes
CREATE TABLE shop.notes (words text);
INSERT INTO shop.notes VALUES ('secret');
GRANT CREATE ON SCHEMA shop TO "alice@example.com";
ALTER TABLE shop.notes OWNER TO "alice@example.com";
REVOKE CREATE ON SCHEMA shop FROM "alice@example.com";
-- leak as alice@example.com
SELECT words FROM shop.notes;
