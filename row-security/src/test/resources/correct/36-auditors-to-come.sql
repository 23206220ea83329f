-- A group of few that is ready, and in which nobody is yet.
CREATE ROLE auditors;
GRANT USAGE ON SCHEMA shop TO auditors; GRANT SELECT ON shop.orders TO auditors;
CREATE POLICY audit ON shop.orders FOR SELECT TO auditors USING (true);
-- leak as alice@example.com
SELECT item FROM shop.orders WHERE item = 'secret';
