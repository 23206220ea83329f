-- finding: policy-reads-open-table shop.orders policy readers
CREATE TABLE shop.readers (reader text, of_whom text);
GRANT SELECT, INSERT ON shop.readers TO order_users;
CREATE POLICY readers ON shop.orders FOR SELECT
  USING (owner IN (SELECT of_whom FROM shop.readers WHERE reader = current_user));
-- leak as alice@example.com
INSERT INTO shop.readers VALUES ('alice@example.com', 'bob@example.com');
SELECT item FROM shop.orders WHERE item = 'secret';
