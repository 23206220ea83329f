-- A trigger writes whose a row is, whatever was given; nobody can give it away or write it for others.
CREATE FUNCTION shop.stamp() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.owner := current_user;
  RETURN NEW;
END;
$$;
CREATE TRIGGER stamp BEFORE INSERT OR UPDATE ON shop.orders FOR EACH ROW EXECUTE FUNCTION shop.stamp();
DROP POLICY own ON shop.orders;
CREATE POLICY own ON shop.orders USING (owner = current_user) WITH CHECK (true);
-- leak as alice@example.com shows bob
INSERT INTO shop.orders (item, owner) VALUES ('planted', 'bob@example.com') RETURNING owner;
