-- finding: definer-unchecked function shop.items_of(who text)
SET ROLE shop_owner;
CREATE FUNCTION shop.require(who text) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
  AS $$ BEGIN IF session_user = who THEN RAISE NOTICE 'hello'; END IF; IF who = '' THEN RAISE EXCEPTION 'nobody'; END IF; END $$;
CREATE FUNCTION shop.items_of(who text) RETURNS SETOF text SECURITY DEFINER LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp AS $$ BEGIN PERFORM shop.require(who); RETURN QUERY SELECT o.item FROM shop.orders o WHERE o.owner = who; END $$;
RESET ROLE;
-- leak as alice@example.com shows secret
SELECT shop.items_of('bob@example.com');
