-- finding: owner-by-chain role curators
CREATE ROLE curators; GRANT curators TO "alice@example.com";
SET ROLE curators; SELECT lo_from_bytea(4711, 'secret'); RESET ROLE;
-- leak as alice@example.com
SELECT lo_get(4711);
