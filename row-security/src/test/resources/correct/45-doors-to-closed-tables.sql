-- Tables of which nobody has a right and that have no policies: views and functions show everybody their own, lists, and what they were made for.
SET ROLE shop_owner;
CREATE TABLE shop.salaries (owner text NOT NULL, amount int);
INSERT INTO shop.salaries VALUES ('bob@example.com', 5000);
CREATE VIEW shop.my_salary WITH (security_barrier, check_option = cascaded) AS SELECT * FROM shop.salaries WHERE owner = current_user;
GRANT SELECT, UPDATE ON shop.my_salary TO order_users;
CREATE FUNCTION shop.salary() RETURNS int LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
  AS 'SELECT s.amount FROM shop.salaries s WHERE s.owner = session_user';
CREATE TABLE shop.countries (code text PRIMARY KEY, name text);
CREATE TABLE shop.cities (name text PRIMARY KEY, country text REFERENCES shop.countries);
CREATE FUNCTION shop.country(city text) RETURNS text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
  AS 'SELECT c.name FROM shop.countries c JOIN shop.cities t ON t.country = c.code WHERE t.name = city';
CREATE TABLE shop.wishes (at timestamptz DEFAULT now(), wish text, author text);
CREATE FUNCTION shop.wish(text) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
  AS 'INSERT INTO shop.wishes (wish, author) VALUES ($1, session_user)';
RESET ROLE;
CREATE TABLE shop.secrets (owner text);
CREATE ROLE reporter; GRANT USAGE, CREATE ON SCHEMA shop TO reporter;
CREATE VIEW shop.broken AS SELECT * FROM shop.secrets; ALTER VIEW shop.broken OWNER TO reporter; GRANT SELECT ON shop.broken TO order_users;
REVOKE CREATE ON SCHEMA shop FROM reporter;
INSERT INTO shop.secrets VALUES ('secret');
-- leak as alice@example.com
SELECT amount FROM shop.my_salary WHERE owner <> current_user UNION ALL SELECT shop.salary() WHERE shop.salary() IS NOT NULL
UNION ALL SELECT 1 FROM shop.broken;
