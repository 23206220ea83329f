-- finding: cascade-unseen shop.lines constraint lines_code_fkey
ALTER TABLE shop.orders ADD code text UNIQUE;
UPDATE shop.orders SET code = 'code ' || id;
REVOKE DELETE ON shop.orders FROM order_users;
CREATE TABLE shop.lines (code text REFERENCES shop.orders (code) ON UPDATE CASCADE, owner text NOT NULL DEFAULT current_user);
ALTER TABLE shop.lines ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON shop.lines USING (owner = current_user);
GRANT SELECT, INSERT ON shop.lines TO order_users;
INSERT INTO shop.lines (code, owner) VALUES ('code 1', 'bob@example.com');
-- leak as alice@example.com
UPDATE shop.orders SET code = 'x' WHERE id = 1;
