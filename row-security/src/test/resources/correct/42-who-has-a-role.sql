-- Some read everything by a role that a condition names; what is nobody's, all.
CREATE ROLE auditors IN ROLE order_users;
CREATE ROLE "carol@example.com" LOGIN IN ROLE auditors;
CREATE POLICY audit ON shop.orders FOR SELECT USING ((SELECT pg_has_role('auditors', 'MEMBER')));
CREATE ROLE controllers; CREATE ROLE "dan@example.com" LOGIN IN ROLE controllers;
GRANT USAGE ON SCHEMA shop TO controllers; GRANT SELECT ON shop.orders TO controllers;
CREATE POLICY control ON shop.orders FOR SELECT USING ((SELECT pg_has_role('controllers', 'USAGE')));
ALTER POLICY own ON shop.orders USING (owner = current_user OR (SELECT pg_has_role('auditors', 'MEMBER')));
SET ROLE shop_owner;
CREATE TABLE shop.countries (code text PRIMARY KEY);
ALTER TABLE shop.countries ENABLE ROW LEVEL SECURITY;
CREATE POLICY all_of_us ON shop.countries FOR SELECT USING ((SELECT pg_has_role('order_users', 'MEMBER')));
GRANT SELECT ON shop.countries TO order_users;
RESET ROLE;
-- leak as alice@example.com
SELECT item FROM shop.orders WHERE item = 'secret';
