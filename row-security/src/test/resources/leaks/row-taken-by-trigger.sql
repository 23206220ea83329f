-- finding: row-taken shop.orders policy taking
CREATE FUNCTION shop.stamp() RETURNS trigger LANGUAGE plpgsql
  AS $$ BEGIN NEW.owner := current_user; RETURN NEW; END $$;
CREATE TRIGGER stamp BEFORE UPDATE ON shop.orders FOR EACH ROW EXECUTE FUNCTION shop.stamp();
REVOKE UPDATE ON shop.orders FROM order_users; GRANT UPDATE (item) ON shop.orders TO order_users;
DROP POLICY own ON shop.orders;
CREATE POLICY reading ON shop.orders FOR SELECT USING (owner = current_user);
CREATE POLICY taking ON shop.orders FOR UPDATE USING (item <> '') WITH CHECK (owner = current_user);
-- leak as alice@example.com
UPDATE shop.orders SET item = 'mine'; SELECT 'taken' FROM shop.orders OFFSET 1;
