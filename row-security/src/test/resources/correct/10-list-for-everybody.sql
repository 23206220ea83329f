-- A list that is everybody's to read, and says so.
CREATE TABLE shop.countries (code text PRIMARY KEY, name text NOT NULL UNIQUE);
ALTER TABLE shop.countries ENABLE ROW LEVEL SECURITY;
CREATE POLICY everybody ON shop.countries FOR SELECT USING (true);
GRANT SELECT ON shop.countries TO PUBLIC;
GRANT REFERENCES (code) ON shop.countries TO shop_owner;
ALTER TABLE shop.orders ADD country text REFERENCES shop.countries;
