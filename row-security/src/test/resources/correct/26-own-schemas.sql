-- Each person has a schema of their own, in which they create what they like; nobody else's path leads there.
CREATE SCHEMA alice AUTHORIZATION "alice@example.com";
CREATE SCHEMA "bob@example.com";
GRANT USAGE, CREATE ON SCHEMA "bob@example.com" TO "bob@example.com";
SET ROLE "alice@example.com";
CREATE TABLE alice.drafts (words text); INSERT INTO alice.drafts VALUES ('secret');
CREATE VIEW alice.mine AS SELECT item FROM shop.orders;
CREATE FUNCTION alice.twice(text) RETURNS text LANGUAGE sql AS $$ SELECT $1 || $1 $$;
RESET ROLE;
-- leak as bob@example.com
SELECT words FROM alice.drafts;
