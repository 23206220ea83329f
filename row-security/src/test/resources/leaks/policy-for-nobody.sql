-- finding: policy-for-nobody shop.orders policy audit
CREATE ROLE auditors; GRANT order_users TO auditors;
CREATE POLICY audit ON shop.orders FOR SELECT TO auditors USING (item <> '');
-- leak as postgres
GRANT auditors TO "alice@example.com";
SET SESSION AUTHORIZATION "alice@example.com";
SELECT item FROM shop.orders WHERE item = 'secret';
