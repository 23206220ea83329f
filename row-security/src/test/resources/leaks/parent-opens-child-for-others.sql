-- finding: parent-opens-child shop.secret_papers
CREATE ROLE boss;
CREATE TABLE shop.papers (id int, words text);
ALTER TABLE shop.papers ENABLE ROW LEVEL SECURITY;
CREATE POLICY everybody ON shop.papers FOR SELECT USING (true);
CREATE TABLE shop.secret_papers () INHERITS (shop.papers);
ALTER TABLE shop.secret_papers ENABLE ROW LEVEL SECURITY;
CREATE POLICY bosses ON shop.secret_papers FOR SELECT TO boss USING (true);
GRANT SELECT ON shop.papers TO order_users;
INSERT INTO shop.secret_papers VALUES (1, 'secret');
-- leak as alice@example.com
SELECT words FROM shop.papers WHERE words = 'secret';
