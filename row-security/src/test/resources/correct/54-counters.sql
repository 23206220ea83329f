-- Triggers of the owner's that count in rows which everybody may see: likes of products, replies to threads.
SET ROLE shop_owner;
CREATE TABLE shop.products (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, title text, likes int NOT NULL DEFAULT 0, liked timestamptz);
ALTER TABLE shop.products ENABLE ROW LEVEL SECURITY;
CREATE POLICY see ON shop.products FOR SELECT USING (true);
GRANT SELECT ON shop.products TO order_users;
CREATE TABLE shop.likes (product_id int NOT NULL REFERENCES shop.products, who text COLLATE "C" NOT NULL DEFAULT current_user, PRIMARY KEY (who, product_id));
ALTER TABLE shop.likes ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON shop.likes USING (who = current_user);
GRANT SELECT, INSERT, DELETE ON shop.likes TO order_users;
CREATE FUNCTION shop.liked() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  UPDATE shop.products p SET likes = p.likes + 1, liked = now() WHERE p.id = NEW.product_id;
  RETURN NEW;
END $$;
CREATE TRIGGER liked AFTER INSERT ON shop.likes FOR EACH ROW EXECUTE FUNCTION shop.liked();
CREATE FUNCTION shop.unliked() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  UPDATE shop.products SET likes = likes - 1 WHERE id = OLD.product_id;
  RETURN OLD;
END $$;
CREATE TRIGGER unliked AFTER DELETE ON shop.likes FOR EACH ROW EXECUTE FUNCTION shop.unliked();
RESET ROLE;
