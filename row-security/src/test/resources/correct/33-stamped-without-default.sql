-- The same without a default: only the trigger says whose a row is.
ALTER TABLE shop.orders ALTER owner DROP DEFAULT;
CREATE FUNCTION shop.stamp() RETURNS trigger LANGUAGE plpgsql
  AS $$ BEGIN NEW.owner = session_user; RETURN NEW; END $$;
CREATE TRIGGER stamp BEFORE INSERT OR UPDATE ON shop.orders FOR EACH ROW EXECUTE FUNCTION shop.stamp();
DROP POLICY own ON shop.orders;
CREATE POLICY reading ON shop.orders FOR SELECT USING (owner = current_user);
CREATE POLICY adding ON shop.orders FOR INSERT WITH CHECK (true);
CREATE POLICY changing ON shop.orders FOR UPDATE USING (owner = current_user) WITH CHECK (true);
REVOKE DELETE ON shop.orders FROM order_users;
-- leak as alice@example.com shows bob
INSERT INTO shop.orders (item, owner) VALUES ('planted', 'bob@example.com') RETURNING owner;
