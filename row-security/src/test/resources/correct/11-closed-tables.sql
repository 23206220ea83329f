-- What people have no business with is not granted; with and without Row-Level Security.
CREATE TABLE shop.settings (key text PRIMARY KEY, value text);
CREATE TABLE shop.audit (at timestamptz DEFAULT now(), what text);
ALTER TABLE shop.audit ENABLE ROW LEVEL SECURITY;
CREATE MATERIALIZED VIEW shop.totals AS SELECT owner, count(*) FROM shop.orders GROUP BY owner;
CREATE SEQUENCE shop.numbers;
-- leak as alice@example.com
SELECT * FROM shop.settings;
