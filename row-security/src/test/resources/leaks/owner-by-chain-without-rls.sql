-- finding: owner-by-chain role curators
CREATE ROLE curators; GRANT curators TO "alice@example.com";
CREATE TABLE shop.notes (words text);
INSERT INTO shop.notes VALUES ('secret');
ALTER TABLE shop.notes OWNER TO curators;
-- leak as alice@example.com
SELECT words FROM shop.notes;
