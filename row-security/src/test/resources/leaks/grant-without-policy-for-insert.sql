-- finding: grant-without-policy shop.orders INSERT
DROP POLICY own ON shop.orders;
CREATE POLICY own ON shop.orders FOR SELECT USING (owner = current_user);
REVOKE UPDATE, DELETE ON shop.orders FROM order_users;
CREATE POLICY unchecked ON shop.orders FOR INSERT;
-- leak as alice@example.com shows policy
DO $$ BEGIN INSERT INTO shop.orders (item) VALUES ('more');
  EXCEPTION WHEN insufficient_privilege THEN PERFORM set_config('test.said', SQLERRM, false); END $$;
SELECT CASE WHEN current_setting('test.said') LIKE '%row-level security%' THEN 'policy' ELSE 'grant' END;
