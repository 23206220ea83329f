-- server: 14..
-- Functions of the owner's that look who calls, each in another way.
SET ROLE shop_owner;
CREATE TABLE shop.teams (team int, person text); ALTER TABLE shop.teams ENABLE ROW LEVEL SECURITY;
ALTER TABLE shop.orders ADD team int;
CREATE VIEW shop.mine AS SELECT * FROM shop.orders WHERE owner = session_user;
CREATE FUNCTION shop.f1() RETURNS SETOF text STABLE SECURITY DEFINER LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp AS $$ BEGIN RETURN QUERY SELECT item FROM shop.orders WHERE owner = session_user; END $$;
CREATE FUNCTION shop.f2(wanted bigint) RETURNS void SECURITY DEFINER LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp AS $$ BEGIN
  IF NOT EXISTS (SELECT FROM shop.orders WHERE id = wanted AND owner = session_user) THEN RAISE EXCEPTION 'no'; END IF;
  UPDATE shop.orders SET item = 'x' WHERE id = wanted; END $$;
CREATE FUNCTION shop.f3(wanted bigint) RETURNS void SECURITY DEFINER LANGUAGE sql
  SET search_path = pg_catalog, pg_temp AS $$ UPDATE shop.orders SET item = 'x' WHERE id = wanted AND owner = session_user $$;
CREATE FUNCTION shop.f4(what text) RETURNS void SECURITY DEFINER LANGUAGE sql
  SET search_path = pg_catalog, pg_temp AS $$ INSERT INTO shop.orders (item, owner) VALUES (what, session_user) $$;
CREATE FUNCTION shop.f5() RETURNS SETOF text STABLE SECURITY DEFINER LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp AS $$ DECLARE r record; BEGIN FOR r IN SELECT * FROM shop.orders o WHERE o.owner = session_user LOOP RETURN NEXT r.item; END LOOP; END $$;
CREATE FUNCTION shop.f6() RETURNS SETOF text STABLE SECURITY DEFINER LANGUAGE sql
  SET search_path = pg_catalog, pg_temp AS $$ WITH me AS (SELECT session_user AS name) SELECT item FROM shop.orders o JOIN me ON me.name = o.owner $$;
CREATE FUNCTION shop.f7() RETURNS SETOF text STABLE SECURITY DEFINER LANGUAGE sql
  SET search_path = pg_catalog, pg_temp AS $$ SELECT item FROM shop.orders WHERE team = ANY (SELECT team FROM shop.teams WHERE person = session_user) $$;
CREATE FUNCTION shop.f8() RETURNS SETOF text STABLE SECURITY DEFINER LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp AS $$ DECLARE me text; BEGIN SELECT session_user INTO me; RETURN QUERY SELECT item FROM shop.orders WHERE owner = me; END $$;
CREATE FUNCTION shop.f9() RETURNS SETOF text STABLE SECURITY DEFINER LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp AS $$ BEGIN RETURN QUERY EXECUTE 'SELECT item FROM shop.orders WHERE owner = $1' USING session_user; END $$;
CREATE FUNCTION shop.f10() RETURNS SETOF text STABLE SECURITY DEFINER LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp AS $$ BEGIN IF session_user NOT IN ('carol@example.com') THEN RAISE EXCEPTION 'no'; END IF; RETURN QUERY SELECT item FROM shop.orders; END $$;
CREATE FUNCTION shop.f11() RETURNS SETOF text STABLE SECURITY DEFINER LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp AS $$ BEGIN IF NOT pg_has_role(session_user, 'shop_owner', 'member') THEN RAISE EXCEPTION 'no'; END IF; RETURN QUERY SELECT item FROM shop.orders; END $$;
CREATE FUNCTION shop.f12() RETURNS bigint STABLE SECURITY DEFINER LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp AS $$ BEGIN RETURN (SELECT count(*) FROM shop.orders WHERE owner = session_user); END $$;
CREATE FUNCTION shop.f13() RETURNS SETOF text STABLE SECURITY DEFINER LANGUAGE sql
  SET search_path = pg_catalog, pg_temp AS $$ SELECT item FROM shop.mine $$;
CREATE FUNCTION shop.f14() RETURNS SETOF text STABLE SECURITY DEFINER LANGUAGE sql
  SET search_path = pg_catalog, pg_temp AS $$ SELECT shop.f1() $$;
CREATE FUNCTION shop.f15() RETURNS SETOF text STABLE SECURITY DEFINER LANGUAGE sql
  BEGIN ATOMIC SELECT o.item FROM shop.orders o JOIN shop.teams t ON t.team = o.team WHERE t.person = (SELECT session_user); END;
CREATE FUNCTION shop.f16() RETURNS SETOF text STABLE SECURITY DEFINER LANGUAGE sql
  SET search_path = pg_catalog, pg_temp AS $$ SELECT o.item FROM shop.orders o, (SELECT session_user AS who) s WHERE o.owner = s.who $$;
CREATE FUNCTION shop.f17() RETURNS SETOF text STABLE SECURITY DEFINER LANGUAGE sql
  SET search_path = pg_catalog, pg_temp AS $$ SELECT item FROM shop.orders WHERE owner = current_setting('role') $$;
CREATE FUNCTION shop.f18(what text) RETURNS void SECURITY DEFINER LANGUAGE sql
  SET search_path = pg_catalog, pg_temp AS $$ INSERT INTO shop.teams (person) SELECT session_user $$;
CREATE FUNCTION shop.f19() RETURNS SETOF text STABLE SECURITY DEFINER LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp AS $$ DECLARE me constant text not null default session_user; BEGIN RETURN QUERY SELECT item FROM shop.orders WHERE orders.owner = me; END $$;
CREATE FUNCTION shop.f20() RETURNS SETOF text STABLE SECURITY DEFINER LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp AS $$ BEGIN PERFORM 1 FROM shop.teams t WHERE t.person = session_user; IF NOT FOUND THEN RAISE EXCEPTION 'no'; END IF; RETURN QUERY SELECT item FROM shop.orders WHERE owner = session_user; END $$;
RESET ROLE;
-- leak as alice@example.com shows secret
SELECT shop.f1()::text
UNION ALL SELECT shop.f5()::text
UNION ALL SELECT shop.f6()::text
UNION ALL SELECT shop.f7()::text
UNION ALL SELECT shop.f8()::text
UNION ALL SELECT shop.f9()::text
UNION ALL SELECT shop.f12()::text
UNION ALL SELECT shop.f13()::text
UNION ALL SELECT shop.f14()::text
UNION ALL SELECT shop.f15()::text
UNION ALL SELECT shop.f16()::text
UNION ALL SELECT shop.f17()::text
UNION ALL SELECT shop.f19()::text;
