-- finding: unique-probing shop."a ( b" index "a USING btree ("
CREATE TABLE shop."a ( b" (" USING btree (" text, owner text DEFAULT current_user);
ALTER TABLE shop."a ( b" ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON shop."a ( b" USING (owner = current_user);
CREATE UNIQUE INDEX "a USING btree (" ON shop."a ( b" ((" USING btree (" || ' USING btree (')) WHERE " USING btree (" <> ' USING btree (';
GRANT SELECT, INSERT ON shop."a ( b" TO order_users;
INSERT INTO shop."a ( b" VALUES ('secret', 'bob@example.com');
-- leak as alice@example.com by error 23505
INSERT INTO shop."a ( b" VALUES ('secret');
