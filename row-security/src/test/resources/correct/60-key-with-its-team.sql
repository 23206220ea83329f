-- A foreign key of the team and the number: what is added up there is the team's own.
SET ROLE shop_owner;
CREATE TABLE shop.memberships (person text COLLATE "C", team int, PRIMARY KEY (person, team));
ALTER TABLE shop.memberships ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON shop.memberships FOR SELECT USING (person = current_user);
GRANT SELECT ON shop.memberships TO order_users;
INSERT INTO shop.memberships VALUES ('alice@example.com', 1), ('bob@example.com', 2);
CREATE TABLE shop.purchases (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, team int NOT NULL, total int NOT NULL DEFAULT 0, UNIQUE (team, id));
ALTER TABLE shop.purchases ENABLE ROW LEVEL SECURITY;
CREATE POLICY team ON shop.purchases USING (team = ANY (ARRAY (SELECT m.team FROM shop.memberships m WHERE m.person = current_user)));
GRANT SELECT ON shop.purchases TO order_users;
CREATE TABLE shop.lines (team int NOT NULL, purchase_id bigint NOT NULL, price int NOT NULL, FOREIGN KEY (team, purchase_id) REFERENCES shop.purchases (team, id));
ALTER TABLE shop.lines ENABLE ROW LEVEL SECURITY;
CREATE POLICY team ON shop.lines USING (team = ANY (ARRAY (SELECT m.team FROM shop.memberships m WHERE m.person = current_user)));
GRANT SELECT, INSERT ON shop.lines TO order_users;
CREATE FUNCTION shop.total() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  UPDATE shop.purchases SET total = total + NEW.price WHERE id = NEW.purchase_id;
  RETURN NEW;
END $$;
CREATE TRIGGER total AFTER INSERT ON shop.lines FOR EACH ROW EXECUTE FUNCTION shop.total();
INSERT INTO shop.purchases (team) VALUES (1), (2);
RESET ROLE;
-- leak as alice@example.com
INSERT INTO shop.lines VALUES (1, 2, 5);
