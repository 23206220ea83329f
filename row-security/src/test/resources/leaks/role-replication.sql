-- finding: role-replication role "alice@example.com"
ALTER ROLE "alice@example.com" REPLICATION;
-- first as alice@example.com
SELECT pg_create_logical_replication_slot('listen', 'test_decoding');
-- first as bob@example.com
SET synchronous_commit = on;
INSERT INTO shop.orders (item) VALUES ('secret too');
-- leak as alice@example.com shows secret too
SELECT data FROM pg_logical_slot_get_changes('listen', null, null);
