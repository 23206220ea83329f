-- What the demo needs in the database, besides roles and their rights. Run by the service principal,
-- which so becomes the owner, in one transaction, at every start: what is there already stays as it is.

-- No name below means what somebody has put into the search path, and nobody's lock is waited for long.
SET LOCAL search_path = pg_catalog, pg_temp;
SET LOCAL lock_timeout = '5s';

-- Two instances that start at once take turns.
SELECT pg_advisory_xact_lock(hashtextextended('raw_example', 0));

DO $$
BEGIN
  IF to_regnamespace('raw_example') IS NULL THEN
    CREATE SCHEMA raw_example;
  END IF;

  -- Whoever made these before us could take them away, or have a trigger run with our rights.
  IF EXISTS (SELECT FROM pg_namespace
             WHERE nspname = 'raw_example' AND NOT pg_has_role(nspowner, 'USAGE')
             UNION ALL
             SELECT FROM pg_class
             WHERE oid = to_regclass('raw_example.products') AND NOT pg_has_role(relowner, 'USAGE')) THEN
    RAISE EXCEPTION 'The schema raw_example or its table products belongs to somebody else than %', current_user;
  END IF;

  IF to_regclass('raw_example.products') IS NULL THEN
    CREATE TABLE raw_example.products (
      id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
      name       varchar(255) NOT NULL CHECK (name <> ''),
      category   varchar(100),
      price      numeric(10, 2) NOT NULL CHECK (price >= 0),
      stock      integer NOT NULL CHECK (stock >= 0),
      created_by text DEFAULT current_user,
      created_at timestamptz NOT NULL DEFAULT now()
    );
    INSERT INTO raw_example.products (name, category, price, stock, created_by) VALUES
      ('Desk lamp', 'Office', 39.90, 120, NULL),
      ('Espresso cups, set of four', 'Kitchen', 24.50, 64, NULL),
      ('Wool blanket', 'Home', 89.00, 18, NULL);
    -- Nobody's, so far. These are some people's own, later and so on top.
    INSERT INTO raw_example.products (name, category, price, stock, created_by, created_at)
      SELECT initcap(split_part(person, '@', 1)) || '''s ' || sample.name,
        sample.category, sample.price, sample.stock, person, clock_timestamp()
      FROM string_to_table(current_setting('raw_example.people', true), E'\n') person,
        (VALUES ('prototype', 'Not announced', 149.00, 1),
                ('special order', 'On request', 62.50, 4)) sample (name, category, price, stock);
  END IF;

  IF NOT (SELECT relrowsecurity FROM pg_class WHERE oid = 'raw_example.products'::regclass) THEN
    ALTER TABLE raw_example.products ENABLE ROW LEVEL SECURITY;
  END IF;

  -- Read and write what is one's own ...
  IF NOT EXISTS (SELECT FROM pg_policies
                 WHERE schemaname = 'raw_example' AND tablename = 'products' AND policyname = 'own') THEN
    CREATE POLICY own ON raw_example.products
      USING (created_by = current_user) WITH CHECK (created_by = current_user);
  END IF;

  -- ... and read, but not write, what is nobody's.
  IF NOT EXISTS (SELECT FROM pg_policies
                 WHERE schemaname = 'raw_example' AND tablename = 'products' AND policyname = 'shared') THEN
    CREATE POLICY shared ON raw_example.products FOR SELECT USING (created_by IS NULL);
  END IF;
END
$$;
