-- Names are compared to the letter, by whatever collation.
SET ROLE shop_owner;
CREATE COLLATION shop.swedish (provider = icu, locale = 'sv');
CREATE COLLATION shop.caseless (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
ALTER POLICY own ON shop.orders USING (owner COLLATE "C" = current_user);
CREATE TABLE shop.notes (owner text COLLATE shop.caseless NOT NULL DEFAULT current_user, words text COLLATE shop.caseless);
ALTER TABLE shop.notes ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON shop.notes USING (owner = current_user::text COLLATE shop.swedish);
CREATE POLICY shown ON shop.notes FOR SELECT USING (words = 'to all');
GRANT SELECT, INSERT, UPDATE, DELETE ON shop.notes TO order_users;
INSERT INTO shop.notes VALUES ('ALICE@example.com', 'secret');
RESET ROLE;
-- leak as alice@example.com
SELECT words FROM shop.notes;
