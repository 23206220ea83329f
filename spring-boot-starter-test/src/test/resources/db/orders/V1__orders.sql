SET LOCAL search_path = pg_catalog, pg_temp; -- no name below means what somebody else made

CREATE ROLE order_users NOLOGIN;

CREATE TABLE public.orders (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  item text NOT NULL,
  owner text NOT NULL DEFAULT current_user);

ALTER TABLE public.orders ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_orders ON public.orders USING (owner = current_user);
GRANT SELECT, INSERT, UPDATE, DELETE ON public.orders TO order_users;
