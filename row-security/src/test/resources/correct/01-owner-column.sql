-- One's own rows, by a column that says whose they are.
CREATE TABLE shop.notes (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, words text, owner text NOT NULL DEFAULT current_user);
ALTER TABLE shop.notes ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON shop.notes USING (owner = current_user) WITH CHECK (owner = current_user);
GRANT SELECT, INSERT, UPDATE, DELETE ON shop.notes TO order_users;
INSERT INTO shop.notes (words, owner) VALUES ('secret', 'bob@example.com');
-- leak as alice@example.com
SELECT words FROM shop.notes;
