-- finding: parent-opens-child shop.letters
CREATE TABLE shop.papers (id int, words text);
ALTER TABLE shop.papers ENABLE ROW LEVEL SECURITY;
CREATE POLICY everybody ON shop.papers FOR SELECT USING (true);
CREATE TABLE shop.letters (owner text) INHERITS (shop.papers);
ALTER TABLE shop.letters ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON shop.letters USING (owner = current_user);
GRANT SELECT ON shop.papers, shop.letters TO order_users;
INSERT INTO shop.letters VALUES (1, 'secret', 'bob@example.com');
-- leak as alice@example.com
SELECT words FROM shop.papers WHERE words = 'secret';
