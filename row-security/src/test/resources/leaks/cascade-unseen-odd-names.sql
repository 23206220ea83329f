-- finding: cascade-unseen shop."Li,nes (x)" constraint " ON DELETE CASCADE"
-- server: 15
CREATE TABLE shop."Li,nes (x)" (" ON DELETE CASCADE (id)" bigint, owner text DEFAULT current_user,
  CONSTRAINT " ON DELETE CASCADE" FOREIGN KEY (" ON DELETE CASCADE (id)") REFERENCES shop.orders (id) MATCH FULL
    ON UPDATE CASCADE ON DELETE SET NULL (" ON DELETE CASCADE (id)"));
ALTER TABLE shop."Li,nes (x)" ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON shop."Li,nes (x)" USING (owner = current_user);
GRANT SELECT, INSERT ON shop."Li,nes (x)" TO order_users;
INSERT INTO shop."Li,nes (x)" VALUES (1, 'bob@example.com');
-- leak as alice@example.com
DELETE FROM shop.orders WHERE id = 1;
