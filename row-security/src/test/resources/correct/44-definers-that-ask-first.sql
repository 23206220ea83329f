-- Functions of the owner's that ask who calls before what they read, after it, or around it.
SET ROLE shop_owner;
CREATE FUNCTION shop.deny() RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
  AS $$ BEGIN RAISE insufficient_privilege; END $$;
CREATE FUNCTION shop.f1(who text) RETURNS SETOF text SECURITY DEFINER LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp AS $$ BEGIN IF session_user <> who THEN PERFORM shop.deny(); END IF; RETURN QUERY SELECT o.item FROM shop.orders o WHERE o.owner = who; END $$;
CREATE FUNCTION shop.f2(who text) RETURNS SETOF text SECURITY DEFINER LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp AS $$ BEGIN IF session_user <> who THEN RAISE LOG '%', who; RETURN; END IF; RETURN QUERY SELECT o.item FROM shop.orders o WHERE o.owner = who; END $$;
CREATE FUNCTION shop.f3(who text) RETURNS SETOF text SECURITY DEFINER LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp AS $$ BEGIN IF who = '' THEN RETURN; ELSIF session_user = who THEN RETURN QUERY SELECT o.item FROM shop.orders o WHERE o.owner = who; END IF; END $$;
CREATE FUNCTION shop.f4(who text) RETURNS SETOF text SECURITY DEFINER LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp AS $$ DECLARE o shop.orders; BEGIN FOR o IN SELECT * FROM shop.orders LOOP IF o.owner = session_user THEN RETURN NEXT o.item; END IF; END LOOP; END $$;
CREATE FUNCTION shop.f5(who text) RETURNS SETOF text SECURITY DEFINER LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp AS $$ DECLARE o shop.orders; BEGIN FOR o IN SELECT * FROM shop.orders LOOP IF o.owner <> session_user THEN CONTINUE; END IF; RETURN NEXT o.item; END LOOP; END $$;
CREATE FUNCTION shop.f6(who text) RETURNS SETOF text SECURITY DEFINER LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp AS $$ DECLARE allowed boolean := false; BEGIN IF session_user = who THEN allowed := true; END IF; IF NOT allowed THEN RAISE EXCEPTION 'no'; END IF; RETURN QUERY SELECT o.item FROM shop.orders o WHERE o.owner = who; END $$;
CREATE FUNCTION shop.f7(who text) RETURNS SETOF text SECURITY DEFINER LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp AS $$ DECLARE o shop.orders; mine text; BEGIN SELECT * INTO o FROM shop.orders WHERE owner = who LIMIT 1; IF o.owner = session_user THEN mine := o.item; END IF; RETURN NEXT mine; END $$;
CREATE FUNCTION shop.f8(who text) RETURNS SETOF text SECURITY DEFINER LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp AS $$ BEGIN IF who <> '' THEN IF session_user <> who THEN RAISE EXCEPTION 'no'; END IF; RETURN QUERY SELECT o.item FROM shop.orders o WHERE o.owner = who; END IF; END $$;
RESET ROLE;
-- leak as alice@example.com shows secret
SELECT shop.f2('bob@example.com') UNION ALL SELECT shop.f3('bob@example.com') UNION ALL SELECT shop.f4('bob@example.com')
UNION ALL SELECT shop.f5('bob@example.com') UNION ALL SELECT shop.f7('bob@example.com');
