-- finding: policy-reads-open-table shop.posts policy kinds
SET ROLE shop_owner;
CREATE TABLE shop.profiles (name text PRIMARY KEY, role text NOT NULL DEFAULT 'member', words text);
ALTER TABLE shop.profiles ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON shop.profiles USING (name = current_user);
GRANT SELECT, INSERT, UPDATE ON shop.profiles TO order_users;
CREATE TABLE shop.posts (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, kind text NOT NULL, words text NOT NULL);
ALTER TABLE shop.posts ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON shop.posts TO order_users;
INSERT INTO shop.posts (kind, words) VALUES ('admin', 'secret');
INSERT INTO shop.profiles VALUES ('alice@example.com');
CREATE POLICY kinds ON shop.posts USING (kind IN (SELECT p.role FROM shop.profiles p WHERE p.name = current_user));
RESET ROLE;
-- first as alice@example.com
UPDATE shop.profiles SET words = 'hello';
-- leak as alice@example.com
UPDATE shop.profiles SET role = 'admin';
SELECT words FROM shop.posts;
