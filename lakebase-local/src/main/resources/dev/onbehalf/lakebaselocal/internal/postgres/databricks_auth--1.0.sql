-- Runs with the rights of the caller, who needs CREATEROLE, as on Lakebase.
CREATE FUNCTION databricks_create_role(identity_name text, identity_type text) RETURNS void
LANGUAGE plpgsql SECURITY INVOKER STRICT SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF upper(identity_type) NOT IN ('USER', 'SERVICE_PRINCIPAL', 'GROUP') THEN
    RAISE invalid_parameter_value USING
      MESSAGE = format('identity type "%s" is not known', identity_type),
      HINT = 'It is USER, SERVICE_PRINCIPAL or GROUP.';
  END IF;
  -- CREATE ROLE would cut a longer name, and two people could become one.
  IF octet_length(identity_name) > 63 THEN
    RAISE name_too_long USING
      MESSAGE = format('identity "%s" is longer than 63 bytes', identity_name);
  END IF;
  EXECUTE format('CREATE ROLE %I LOGIN', identity_name);
END
$$;

COMMENT ON FUNCTION databricks_create_role(text, text) IS
  'creates the role with which an identity of the workspace logs in';
