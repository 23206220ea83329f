-- Those of whom somebody leads who leads others, by a function and by a view.
SET ROLE shop_owner;
CREATE TABLE shop.employees (person text COLLATE "C" PRIMARY KEY, manager text COLLATE "C" REFERENCES shop.employees);
CREATE INDEX ON shop.employees (manager);
ALTER TABLE shop.employees ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON shop.employees FOR SELECT USING (person = current_user OR manager = current_user);
GRANT SELECT ON shop.employees TO order_users;
CREATE FUNCTION shop.reports() RETURNS SETOF text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH RECURSIVE r AS (
    SELECT e.person FROM shop.employees e WHERE e.manager = session_user
    UNION SELECT e.person FROM shop.employees e JOIN r ON e.manager = r.person)
  SELECT person FROM r $$;
CREATE TABLE shop.leaves (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, person text COLLATE "C" NOT NULL DEFAULT current_user, days int, state text NOT NULL DEFAULT 'asked');
CREATE INDEX ON shop.leaves (person);
ALTER TABLE shop.leaves ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON shop.leaves USING (person = current_user);
CREATE POLICY reports ON shop.leaves FOR SELECT USING (person IN (SELECT shop.reports()));
CREATE POLICY decide ON shop.leaves FOR UPDATE USING (person IN (SELECT shop.reports()));
GRANT SELECT, INSERT, UPDATE (state) ON shop.leaves TO order_users;
CREATE VIEW shop.my_reports WITH (security_barrier) AS
  WITH RECURSIVE r AS (
    SELECT e.person FROM shop.employees e WHERE e.manager = current_user
    UNION SELECT e.person FROM shop.employees e JOIN r ON e.manager = r.person)
  SELECT person FROM r;
GRANT SELECT ON shop.my_reports TO order_users;
INSERT INTO shop.employees VALUES ('bob@example.com', NULL);
RESET ROLE;
-- leak as alice@example.com
SELECT person FROM shop.my_reports;
