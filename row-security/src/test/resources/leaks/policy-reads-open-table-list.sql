-- finding: policy-reads-open-table shop.orders policy readers
CREATE TABLE shop.readers (person text PRIMARY KEY, since date NOT NULL DEFAULT now());
ALTER TABLE shop.readers ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON shop.readers USING (person = current_user) WITH CHECK (person = current_user AND since <= now());
GRANT SELECT, INSERT ON shop.readers TO order_users;
CREATE POLICY readers ON shop.orders FOR SELECT
  USING (owner = current_user OR (item <> 'x' AND EXISTS (SELECT FROM shop.readers r WHERE r.person = current_user)));
-- leak as alice@example.com
INSERT INTO shop.readers VALUES ('alice@example.com');
SELECT item FROM shop.orders WHERE item = 'secret';
