-- Triggers of the owner's that write what points at the row, or by a column that people cannot write.
SET ROLE shop_owner;
CREATE TABLE shop.posts (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), nr serial UNIQUE, owner text NOT NULL DEFAULT current_user, text text, topic int);
ALTER TABLE shop.posts ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON shop.posts USING (owner = current_user);
GRANT SELECT, INSERT (id, nr, text), UPDATE (text), DELETE ON shop.posts TO order_users;
GRANT USAGE ON SEQUENCE shop.posts_nr_seq TO order_users;
CREATE TABLE shop.texts (post_id uuid REFERENCES shop.posts ON DELETE CASCADE, "Post" int REFERENCES shop.posts (nr) ON DELETE CASCADE, owner text, text text, topic int);
ALTER TABLE shop.texts ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON shop.texts FOR SELECT USING (owner = current_user);
GRANT SELECT ON shop.texts TO order_users;
CREATE FUNCTION shop.index() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  UPDATE shop.texts SET text = NEW.TEXT WHERE post_id = NEW.ID;
  UPDATE shop.texts t SET text = NEW.text WHERE NEW.nr = t."Post";
  UPDATE shop.texts SET text = NEW.text WHERE topic = NEW.Topic AND owner = NEW."owner";
  DELETE FROM shop.texts WHERE topic = OLD.topic;
  RETURN NEW;
END $$;
CREATE TRIGGER index AFTER UPDATE ON shop.posts FOR EACH ROW EXECUTE FUNCTION shop.index();
RESET ROLE;
-- leak as alice@example.com
UPDATE shop.posts SET text = 'x';
