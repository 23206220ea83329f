-- finding: policy-always-true shop.orders policy base
ALTER TABLE shop.orders ADD deleted_at timestamptz;
CREATE POLICY base ON shop.orders USING (true);
CREATE POLICY kept ON shop.orders AS RESTRICTIVE USING (deleted_at IS NULL);
CREATE POLICY no_interns ON shop.orders AS RESTRICTIVE USING (current_user <> 'intern@example.com');
CREATE POLICY of_writer ON shop.orders AS RESTRICTIVE FOR UPDATE USING (owner = current_user);
-- leak as alice@example.com
SELECT item FROM shop.orders WHERE item = 'secret';
