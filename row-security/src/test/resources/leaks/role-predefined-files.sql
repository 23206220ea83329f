-- finding: role-predefined role pg_read_server_files
GRANT pg_read_server_files TO "alice@example.com";
-- leak as alice@example.com
CREATE TEMPORARY TABLE read (line text);
COPY read FROM 'PG_VERSION';
SELECT line FROM read;
