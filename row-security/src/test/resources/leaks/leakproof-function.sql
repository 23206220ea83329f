-- finding: leakproof-function function shop.is_short(words text)
CREATE FUNCTION shop.is_short(words text) RETURNS boolean LEAKPROOF COST 0.0001 LANGUAGE plpgsql
  AS $$ BEGIN IF words = 'secret' THEN RAISE EXCEPTION 'too short: %', words; END IF; RETURN false; END $$;
-- leak as alice@example.com by error P0001
SELECT item FROM shop.orders WHERE shop.is_short(item);
