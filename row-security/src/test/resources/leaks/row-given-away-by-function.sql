-- finding: row-given-away shop.orders policy own
CREATE FUNCTION shop.fits(text) RETURNS bool IMMUTABLE LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$ SELECT length($1) > 2 $$;
ALTER POLICY own ON shop.orders WITH CHECK (shop.fits(owner));
-- leak as alice@example.com
UPDATE shop.orders SET owner = 'bob@example.com', item = 'planted';
