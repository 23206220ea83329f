-- Rows that are for all by a number or a word that new rows have not.
SET ROLE shop_owner;
CREATE TABLE shop.notes (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, owner text NOT NULL DEFAULT current_user, words text, is_public smallint NOT NULL DEFAULT 0, link text NOT NULL DEFAULT '');
CREATE INDEX ON shop.notes (owner COLLATE "C");
ALTER TABLE shop.notes ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON shop.notes USING (owner = current_user);
CREATE POLICY published ON shop.notes FOR SELECT USING (owner = current_user OR is_public <> 0 OR is_public > 0 OR link <> '');
GRANT SELECT, INSERT, UPDATE, DELETE ON shop.notes TO order_users;
INSERT INTO shop.notes (owner, words) VALUES ('bob@example.com', 'secret');
RESET ROLE;
-- leak as alice@example.com
SELECT words FROM shop.notes;
