SET LOCAL search_path = pg_catalog, pg_temp; -- no name below means what somebody else made

DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'order_users') THEN
    CREATE ROLE order_users NOLOGIN;
  END IF;
END $$;
GRANT USAGE ON SCHEMA shop TO order_users;

CREATE TABLE shop.orders (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  item text NOT NULL,
  owner text NOT NULL DEFAULT current_user);

ALTER TABLE shop.orders ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_orders ON shop.orders USING (owner = current_user);
GRANT SELECT, INSERT, UPDATE, DELETE ON shop.orders TO order_users;
