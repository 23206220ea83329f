-- What people write into functions has few parentheses; and what is read word by word, beside what holds.
SET ROLE shop_owner;
CREATE FUNCTION shop.search(q text) RETURNS SETOF text STABLE SECURITY DEFINER LANGUAGE sql
  SET search_path = pg_catalog, pg_temp AS $$
  SELECT o.item FROM shop.orders o
  WHERE o.owner = session_user || '' AND (o.item NOT ILIKE '%' || q || '%' OR o.item SIMILAR TO q) AND o.id BETWEEN 1 AND 5
    AND trim(both ' ' from o.item) <> '' AND now() > now() - interval '1 day' $$;
CREATE TABLE shop.papers (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), meta jsonb NOT NULL);
ALTER TABLE shop.papers ENABLE ROW LEVEL SECURITY;
CREATE FUNCTION shop.papers_of_mine() RETURNS SETOF jsonb STABLE SECURITY DEFINER LANGUAGE sql
  SET search_path = pg_catalog, pg_temp AS $$
  SELECT p.meta FROM shop.papers p WHERE session_user = p.meta ->> 'owner' OR CAST(p.meta ->> 'reader' AS text) = session_user $$;
CREATE VIEW shop.lists WITH (security_barrier) AS
  SELECT o.id, (string_to_array(o.item, ','))[1:2] AS first_two FROM shop.orders o
  WHERE o.owner = current_user AND trim(both ' ' from o.item) <> '' AND (string_to_array(o.item, ','))[1:2] <> '{}';
GRANT SELECT ON shop.lists TO order_users;
RESET ROLE;
-- leak as alice@example.com shows secret
SELECT shop.search('x') UNION ALL SELECT first_two::text FROM shop.lists;
