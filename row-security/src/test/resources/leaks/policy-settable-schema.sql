-- finding: policy-settable shop.notes policy own
SET ROLE shop_owner;
CREATE TABLE shop.notes (tenant text NOT NULL, words text);
ALTER TABLE shop.notes ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON shop.notes FOR SELECT USING (tenant = current_schema);
GRANT SELECT ON shop.notes TO order_users;
INSERT INTO shop.notes VALUES ('public', 'secret');
RESET ROLE;
-- leak as alice@example.com
SET search_path = public; SELECT words FROM shop.notes;
