-- people: alice@example.com, bob@example.com, carol@example.com
-- Some read what is of those whom they supervise, by a policy for their role.
CREATE ROLE supervisors; CREATE ROLE "carol@example.com" LOGIN IN ROLE order_users, supervisors;
CREATE TABLE shop.supervised (supervisor text, person text);
ALTER TABLE shop.supervised ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON shop.supervised FOR SELECT TO supervisors USING (supervisor = current_user);
GRANT SELECT ON shop.supervised TO supervisors;
CREATE POLICY supervision ON shop.orders FOR SELECT TO supervisors
  USING (EXISTS (SELECT FROM shop.supervised s WHERE s.supervisor = current_user AND s.person = owner));
-- leak as alice@example.com
SELECT item FROM shop.orders WHERE item = 'secret';
