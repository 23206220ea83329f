-- finding: view-runs-as-owner shop.inbox
CREATE ROLE clerk;
GRANT USAGE ON SCHEMA shop TO clerk; GRANT INSERT ON shop.orders TO clerk;
CREATE POLICY taking ON shop.orders FOR INSERT TO clerk WITH CHECK (true);
CREATE VIEW shop.inbox AS SELECT item, owner FROM shop.orders;
ALTER VIEW shop.inbox OWNER TO clerk;
GRANT INSERT ON shop.inbox TO order_users;
-- leak as alice@example.com
INSERT INTO shop.inbox (item, owner) VALUES ('planted', 'bob@example.com');
