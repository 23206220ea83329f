-- people: shop_app, alice@example.com
-- An application that owns its tables, and is held by their policies.
CREATE ROLE shop_app LOGIN;
GRANT USAGE, CREATE ON SCHEMA shop TO shop_app;
CREATE TABLE shop.jobs (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, owner text DEFAULT current_user);
ALTER TABLE shop.jobs OWNER TO shop_app;
REVOKE CREATE ON SCHEMA shop FROM shop_app;
ALTER TABLE shop.jobs ENABLE ROW LEVEL SECURITY;
ALTER TABLE shop.jobs FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON shop.jobs USING (owner = current_user);
GRANT SELECT, INSERT ON shop.jobs TO order_users;
-- leak as shop_app
SELECT * FROM shop.jobs;
