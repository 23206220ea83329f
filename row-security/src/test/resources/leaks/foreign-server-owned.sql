-- finding: foreign-server server elsewhere
-- people: alice@example.com
CREATE EXTENSION postgres_fdw;
CREATE SERVER elsewhere FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host 'localhost');
CREATE USER MAPPING FOR PUBLIC SERVER elsewhere OPTIONS (user 'reader', password 'secret');
ALTER SERVER elsewhere OWNER TO "alice@example.com";
-- leak as alice@example.com shows secret
SELECT umoptions::text FROM pg_user_mappings;
