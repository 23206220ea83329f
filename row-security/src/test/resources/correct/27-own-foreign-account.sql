-- people: alice@example.com
-- A foreign server that each person uses as who they are there.
CREATE EXTENSION postgres_fdw;
CREATE SERVER elsewhere FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host 'localhost');
CREATE USER MAPPING FOR "alice@example.com" SERVER elsewhere OPTIONS (user 'alice', password 'of alice');
GRANT USAGE ON FOREIGN SERVER elsewhere TO "alice@example.com";
GRANT SELECT (starelid, stanullfrac) ON pg_statistic TO order_users;
