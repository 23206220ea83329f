-- people: alice@example.com
-- One of them, and a role, see everything: they are named.
CREATE ROLE auditors;
CREATE POLICY audit ON shop.orders FOR SELECT USING ((SELECT pg_has_role(current_user, 'auditors', 'MEMBER')));
CREATE POLICY one ON shop.orders FOR SELECT USING (current_user = 'carol@example.com');
-- leak as alice@example.com
SELECT item FROM shop.orders WHERE item = 'secret';
