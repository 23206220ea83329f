-- finding: foreign-table shop.elsewhere
CREATE EXTENSION file_fdw;
CREATE SERVER files FOREIGN DATA WRAPPER file_fdw;
CREATE FOREIGN TABLE shop.elsewhere (line text) SERVER files OPTIONS (filename 'PG_VERSION');
GRANT SELECT ON shop.elsewhere TO order_users;
-- leak as alice@example.com
SELECT line FROM shop.elsewhere;
