-- Own rows, and those that something says are for others; an owner who is asked for besides.
SET ROLE shop_owner;
CREATE TABLE shop.notes (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, owner text NOT NULL DEFAULT current_user, words text, level int, status text,
  private boolean NOT NULL DEFAULT true, published_at timestamptz);
CREATE INDEX ON shop.notes (owner);
ALTER TABLE shop.notes ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON shop.notes USING (owner = current_user);
CREATE POLICY see ON shop.notes FOR SELECT USING (owner = current_user OR NOT private OR published_at IS NOT NULL
  OR status <> 'draft' OR level < 1 OR words LIKE '%public%' OR 0 > level);
GRANT SELECT, INSERT, UPDATE, DELETE ON shop.notes TO order_users;
CREATE TABLE shop.drafts (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, owner text NOT NULL DEFAULT current_user, words text);
CREATE INDEX ON shop.drafts (owner);
ALTER TABLE shop.drafts ENABLE ROW LEVEL SECURITY;
CREATE POLICY held ON shop.drafts AS RESTRICTIVE USING (owner = current_user);
CREATE POLICY shown ON shop.drafts USING (owner = current_user OR words <> '');
CREATE POLICY filled ON shop.orders AS RESTRICTIVE USING (owner = current_user AND item <> '');
GRANT SELECT, INSERT, UPDATE, DELETE ON shop.drafts TO order_users;
RESET ROLE;
-- leak as alice@example.com
SELECT words FROM shop.notes UNION ALL SELECT item FROM shop.orders WHERE item = 'secret';
