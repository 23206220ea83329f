-- finding: large-objects-open parameter lo_compat_privileges
SELECT lo_from_bytea(4711, 'secret');
DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET lo_compat_privileges = on', current_database()); END $$;
-- leak as alice@example.com shows secret
SELECT convert_from(lo_get(4711), 'UTF8');
