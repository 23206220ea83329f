-- Many rows, found by an index of the collation that names have; and a column of names itself.
CREATE TABLE shop.events (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, owner text NOT NULL, at int);
CREATE INDEX ON shop.events (owner COLLATE "C", at);
ALTER TABLE shop.events ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON shop.events USING (owner = (SELECT current_user));
GRANT SELECT, INSERT ON shop.events TO order_users;
CREATE TABLE shop.visits (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, owner name NOT NULL DEFAULT current_user);
CREATE INDEX ON shop.visits (owner);
ALTER TABLE shop.visits ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON shop.visits USING (owner = current_user);
GRANT SELECT, INSERT ON shop.visits TO order_users;
INSERT INTO shop.events (owner, at) SELECT 'person' || n % 500, n FROM generate_series(1, 20000) n;
INSERT INTO shop.visits (owner) SELECT 'person' || n % 500 FROM generate_series(1, 20000) n;
ANALYZE;
-- leak as alice@example.com shows Seq Scan
EXPLAIN SELECT * FROM shop.events;
