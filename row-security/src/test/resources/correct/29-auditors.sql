-- Who is in a group of few reads everything: the policy names the group.
CREATE ROLE auditors; CREATE ROLE "carol@example.com" LOGIN IN ROLE auditors;
GRANT USAGE ON SCHEMA shop TO auditors; GRANT SELECT ON shop.orders TO auditors;
CREATE POLICY audit ON shop.orders FOR SELECT TO auditors USING (true);
-- leak as alice@example.com
SELECT item FROM shop.orders WHERE item = 'secret';
